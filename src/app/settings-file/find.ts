import { dirname, join, relative, resolve } from 'node:path';
import { isThere } from '../../providers/is-there.ts';

/** A file of settings: one that was named as a plan, the project's, or the user's own. */
export interface SettingsFile {
  readonly kind: 'plan' | 'project' | 'user';
  readonly file: string;
}

const EXTENSIONS = ['.yaml', '.yml', '.json', '.toml'];

/** Name of a project's file, without its ending. */
export const PROJECT_FILE = 'llm-bench';
const USER_FILE = 'config';

/**
 * The project's file, in the working folder or the nearest one above it, not beyond the folder of its repository; and the user's own,
 * beside the user's providers. What is not there is left out.
 */
export async function findSettingsFiles(userConfig: string): Promise<readonly SettingsFile[]> {
  const project = await findProject();
  const user = await firstThere(candidatesIn(dirname(userConfig), USER_FILE));
  return [
    ...(project === undefined ? [] : [{ kind: 'project' as const, file: project }]),
    ...(user === undefined ? [] : [{ kind: 'user' as const, file: user }]),
  ];
}

async function findProject(): Promise<string | undefined> {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    const found = await firstThere(candidatesIn(folder, PROJECT_FILE));
    if (found !== undefined) return relative('.', found);
    if (dirname(folder) === folder || (await isThere(join(folder, '.git')))) return undefined;
  }
}

/** Best first. */
function candidatesIn(folder: string, base: string): readonly string[] {
  return EXTENSIONS.map((extension) => join(folder, `${base}${extension}`));
}

async function firstThere(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (await isThere(file)) return file;
  return undefined;
}
