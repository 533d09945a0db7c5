import { existsSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import type { SourceFile } from './source-files.ts';
import { lineAt } from './source-text.ts';

/** What an import names: a file of ours (path from the root), a package (by name), a module of Node, or neither. */
export type ImportTarget =
  | { readonly kind: 'file'; readonly path: string; readonly exists: boolean }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string; readonly hasPrefix: boolean }
  | { readonly kind: 'computed' };

export interface Import {
  readonly from: string;
  readonly line: number;
  readonly isTypeOnly: boolean;
  readonly target: ImportTarget;
}

const STATIC_IMPORT = /\bimport\s+(type\s+(?!from\b))?([\w$\s,*]*(?:\{[^}]*\})?\s*)\bfrom\s*(?=['"])/g;
const RE_EXPORT = /\bexport\s+(type\s+)?(\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s*from\s*(?=['"])/g;
const BARE_IMPORT = /\bimport\s*(?=['"])/g;
const DYNAMIC_IMPORT = /(?<!\.)\bimport\s*\(\s*/g;
const NEW_URL = /\bnew\s+URL\(\s*(?=['"`])/g;

const BUILTINS = new Set(builtinModules);

/** Every import of a file, types included, in order of line; also files named for a worker: `new URL('./x.ts', import.meta.url)`. */
export function findImports(root: string, file: SourceFile): Import[] {
  const found = [...importsOf(root, file), ...workerFilesOf(root, file)];
  return found.sort((a, b) => a.line - b.line);
}

/** Circles so that every file that is in one is in one of these, each the shortest from its first file back to it. */
export function findCircles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const seen = new Set<string>();
  const circles: string[][] = [];
  for (const start of [...edges.keys()].sort()) {
    if (seen.has(start)) continue;
    const circle = shortestWay(edges, start);
    if (circle === undefined) continue;
    circles.push(circle);
    for (const path of circle) seen.add(path);
  }
  return circles;
}

function importsOf(root: string, file: SourceFile): Import[] {
  const found: Import[] = [];
  const add = (match: RegExpExecArray, isTypeOnly: boolean): void => {
    const specifier = literalAt(file.text, match.index + match[0].length);
    const target: ImportTarget =
      specifier === undefined ? { kind: 'computed' } : resolveTarget(root, file.path, specifier);
    found.push({ from: file.path, line: lineAt(file.text, match.index), isTypeOnly, target });
  };
  for (const pattern of [STATIC_IMPORT, RE_EXPORT]) {
    for (const match of file.code.matchAll(pattern)) add(match, match[1] !== undefined || hasOnlyTypes(match[2] ?? ''));
  }
  for (const pattern of [BARE_IMPORT, DYNAMIC_IMPORT]) {
    for (const match of file.code.matchAll(pattern)) add(match, false);
  }
  return found;
}

/** `{ type A, type B }` */
function hasOnlyTypes(clause: string): boolean {
  const names = /^\s*\{([^}]*)\}\s*$/.exec(clause)?.[1];
  if (names === undefined) return false;
  const listed = names.split(',').filter((name) => name.trim() !== '');
  return listed.length > 0 && listed.every((name) => /^\s*type\s/.test(name));
}

/**
 * A URL is an import when it names TypeScript of ours. The extension may be computed, since in `dist` it is another:
 * `` new URL(`./x${extname(import.meta.url)}`, import.meta.url) ``.
 */
function workerFilesOf(root: string, file: SourceFile): Import[] {
  const found: Import[] = [];
  for (const match of file.code.matchAll(NEW_URL)) {
    const start = match.index + match[0].length;
    const specifier = literalAt(file.text, start) ?? /^`([^`$]*)\$\{/.exec(file.text.slice(start))?.[1]?.concat('.ts');
    const isOfModule = /^(?:'[^']*'|"[^"]*"|`[^`]*`)\s*,\s*import\.meta\.url\b/.test(file.code.slice(start));
    if (!isOfModule || specifier === undefined || !/^\.\.?\/.*\.ts$/.test(specifier)) continue;
    const target = resolveTarget(root, file.path, specifier);
    found.push({ from: file.path, line: lineAt(file.text, match.index), isTypeOnly: false, target });
  }
  return found;
}

/** The string that starts at an offset; undefined for any other expression. */
function literalAt(text: string, offset: number): string | undefined {
  const match = /^(['"`])((?:(?!\1)[^\\\n])*)\1/.exec(text.slice(offset, offset + 500));
  const literal = match?.[2];
  return match?.[1] === '`' && literal?.includes('${') ? undefined : literal;
}

function resolveTarget(root: string, from: string, specifier: string): ImportTarget {
  const [plain = specifier] = specifier.split('?');
  if (/^\.\.?(\/|$)/.test(plain)) return fileTarget(root, posix.join(posix.dirname(from), plain));
  if (from.startsWith('web/') && plain.startsWith('@/')) return fileTarget(root, `web/src/${plain.slice(2)}`);
  if (plain.startsWith('node:')) return { kind: 'builtin', name: plain.slice(5), hasPrefix: true };
  if (BUILTINS.has(plain) && !plain.includes(':')) return { kind: 'builtin', name: plain, hasPrefix: false };
  const parts = plain.split('/');
  return { kind: 'package', name: parts.slice(0, plain.startsWith('@') ? 2 : 1).join('/') };
}

function fileTarget(root: string, path: string): ImportTarget {
  return { kind: 'file', path, exists: existsSync(join(root, path)) };
}

/** Breadth first, from a file back to itself. */
function shortestWay(edges: ReadonlyMap<string, ReadonlySet<string>>, start: string): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const path of queue) {
    for (const next of edges.get(path) ?? []) {
      if (next === start) return [...wayTo(cameFrom, path), start];
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, path);
      queue.push(next);
    }
  }
  return undefined;
}

function wayTo(cameFrom: ReadonlyMap<string, string>, end: string): string[] {
  const way = [end];
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
