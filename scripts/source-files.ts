import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blankOut } from './source-text.ts';

/** One source file, read once for all checks. */
export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** See {@link blankOut}. */
  readonly code: string;
  readonly isTest: boolean;
}

/** All TypeScript under some folders of a root, tracked by git or not, in order of path. A missing folder is empty. */
export function readSourceFiles(root: string, folders: readonly string[]): SourceFile[] {
  return listFiles(root, folders)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, text, code: blankOut(text), isTest: /\.test\.tsx?$/.test(path) };
    });
}

/** Paths of all files under some folders, without fixtures, installed packages and built files. */
export function listFiles(root: string, folders: readonly string[]): string[] {
  return globSync(
    folders.map((folder) => `${folder}/**/*.*`),
    { cwd: root, exclude: ['**/node_modules/**', '**/fixtures/**', '**/dist/**'] },
  )
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}
