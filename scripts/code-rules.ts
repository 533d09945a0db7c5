import { basename, posix } from 'node:path';
import { FORBIDDEN_NAMES } from './floors.ts';
import { roomOf } from './import-rules.ts';
import type { SourceFile } from './source-files.ts';
import { lineAt } from './source-text.ts';

/** Something only a few may touch. */
interface Reserved {
  readonly what: string;
  readonly pattern: RegExp;
  readonly rooms: readonly string[];
  /** Chance is forbidden in tests too: one that fails by chance tells nothing. */
  readonly isFreeInTests: boolean;
}

const TIME_ROOMS = ['clock', 'simulator', 'web'];
const RESERVED: readonly Reserved[] = [
  {
    what: 'process.env',
    pattern:
      /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b|\bimport\s*\{[^}]*\benv\b[^}]*\}/g,
    rooms: ['settings'],
    isFreeInTests: true,
  },
  {
    what: 'the clock',
    pattern: /\bDate\.now\b|\bnew\s+Date\b|\bperformance\s*\.\s*(?:now|timeOrigin)\b|\bprocess\s*\.\s*hrtime\b/g,
    rooms: TIME_ROOMS,
    isFreeInTests: true,
  },
  {
    what: 'a timer',
    // A method of the same name is somebody's own, and `typeof setTimeout` only names a type.
    pattern: /(?:(?<![.\w$]|\btypeof\s)|\bglobalThis\s*\.\s*)\bset(?:Timeout|Interval|Immediate)\b(?!\s*[?:])/g,
    rooms: TIME_ROOMS,
    isFreeInTests: true,
  },
  { what: 'Math.random', pattern: /\bMath\s*\.\s*random\b/g, rooms: [], isFreeInTests: false },
];

/** Uses of time, chance and environment outside their one place, each as `path:line …`. */
export function findReservedUses(file: SourceFile): string[] {
  const room = roomOf(file.path) ?? '';
  return RESERVED.filter(
    ({ rooms, isFreeInTests }) => !rooms.includes(room) && !(isFreeInTests && file.isTest),
  ).flatMap(({ what, pattern, rooms }) =>
    [...file.code.matchAll(pattern)].map(({ index, 0: used }) => {
      const owner = rooms.length === 0 ? 'nobody may; take random.ts' : `only src/${rooms[0]}.ts may`;
      return `${file.path}:${lineAt(file.code, index)} uses ${what} (${used.replace(/\s+/g, ' ')}): ${owner}`;
    }),
  );
}

/** Names that say nothing, barrels, and names that are not kebab-case. */
export function findBadNames(paths: readonly string[]): string[] {
  const bad = new Set<string>();
  for (const path of paths) {
    for (const folder of foldersOf(path)) {
      const name = basename(folder);
      if (FORBIDDEN_NAMES.has(name)) bad.add(`${folder}: a folder named ${name} collects what has no home`);
      else if (!isKebabCase(name)) bad.add(`${folder}: folders are named in kebab-case`);
    }
    const [stem = ''] = basename(path).split('.');
    if (FORBIDDEN_NAMES.has(stem)) bad.add(`${path}: a file named ${stem} collects what has no home`);
    if (/\/index\.tsx?$/.test(path) && path !== 'src/index.ts') bad.add(`${path}: the only barrel is src/index.ts`);
    // Named by an issue, like README and CHANGELOG.
    if (path === 'bench/RESULTS.md') continue;
    if (!basename(path).split('.').every(isKebabCase)) bad.add(`${path}: files are named in kebab-case`);
  }
  return [...bad];
}

function isKebabCase(name: string): boolean {
  return /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name);
}

function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = posix.dirname(path); at !== '.'; at = posix.dirname(at)) folders.unshift(at);
  return folders;
}
