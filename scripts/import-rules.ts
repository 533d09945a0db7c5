import { ADAPTER_OPENERS, FORBIDDEN_BUILTINS, PACKAGE_OWNERS, ROOMS, type Room, WIDER_FILES } from './floors.ts';
import type { Import, ImportTarget } from './import-graph.ts';

type FileTarget = Extract<ImportTarget, { kind: 'file' }>;
type BuiltinTarget = Extract<ImportTarget, { kind: 'builtin' }>;

const TIMERS = ['timers', 'timers/promises'];

/** What is wrong with an import, as the end of a sentence; undefined when it is allowed. Tests are judged elsewhere. */
export function judgeImport(imported: Import): string | undefined {
  const { target } = imported;
  if (target.kind === 'computed') return 'imports a computed name, which no check can follow: write the name out';
  if (target.kind === 'package') return judgePackage(imported.from, target.name);
  if (target.kind === 'builtin') return judgeBuiltin(imported.from, target);
  return target.exists ? judgeFile(imported, target) : `imports ${target.path}, which does not exist`;
}

/** `src/model/plan.ts` → `model`, `src/errors.ts` → `errors`, `web/…` → `web`; undefined outside both. */
export function roomOf(path: string): string | undefined {
  if (path.startsWith('web/src/')) return 'web';
  return /^src\/([^/]+?)(?:\/|\.tsx?$)/.exec(path)?.[1];
}

function judgeFile({ from, isTypeOnly }: Import, target: FileTarget): string | undefined {
  const room = roomOf(from);
  const targetRoom = roomOf(target.path);
  const row = room === undefined ? undefined : ROOMS[room];
  if (room === undefined || row === undefined) return undefined;
  if (targetRoom === undefined) return `imports ${target.path}, which is no part of src`;
  if (/\.test\.tsx?$/.test(target.path)) return `imports ${target.path}, which is a test`;
  const adapter = adapterOf(target.path);
  if (adapter !== undefined && !mayOpen(from, adapter)) {
    return `imports ${target.path}: the adapter ${adapter} is imported only by ${openersOf(targetRoom)}`;
  }
  if (room === targetRoom || mayImport(from, row, target.path)) return undefined;
  if (isTypeOnly && row.mayImportTypesOf?.includes(targetRoom)) return undefined;
  return `imports ${target.path}: ${heightOf(room)} may not import ${heightOf(targetRoom)} (${allowanceOf(from, room, row)})`;
}

function mayImport(from: string, row: Room, path: string): boolean {
  const room = roomOf(path) ?? '';
  if (row.mayNotImport?.includes(room)) return false;
  const allowed = [...row.mayImport, ...(WIDER_FILES[from] ?? [])];
  return allowed.some((name) => name === '*' || name === room || `src/${name}` === path);
}

function heightOf(room: string): string {
  const floor = ROOMS[room]?.floor;
  return floor === undefined ? room : `floor ${floor}`;
}

function allowanceOf(from: string, room: string, row: Room): string {
  const allowed = [...row.mayImport, ...(WIDER_FILES[from] ?? [])];
  const types = (row.mayImportTypesOf ?? []).map((name) => `types of ${name}`);
  const listed = [...allowed, ...types].join(', ') || 'nothing of ours';
  const except = row.mayNotImport === undefined ? '' : ` but ${row.mayNotImport.join(', ')}`;
  return `${room} may import ${listed}${except}`;
}

/** `src/store/duckdb/open.ts` → `store/duckdb`; undefined for what is no part of an adapter. */
function adapterOf(path: string): string | undefined {
  const [, room, folder] = /^src\/([^/]+)\/([^/]+)\//.exec(path) ?? [];
  return room === undefined || ADAPTER_OPENERS[room] === undefined ? undefined : `${room}/${folder}`;
}

function mayOpen(from: string, adapter: string): boolean {
  if (from.startsWith(`src/${adapter}/`)) return true;
  const [room = ''] = adapter.split('/');
  const file = /^src\/([^/]+)\/([^/]+)$/.exec(from);
  if (file?.[1] !== room) return false;
  const openers = ADAPTER_OPENERS[room] ?? [];
  return openers.some((name) => name === '*' || name === file[2]);
}

function openersOf(room: string): string {
  return (ADAPTER_OPENERS[room] ?? []).map((name) => `${room}/${name}`).join(', ');
}

function judgePackage(from: string, name: string): string | undefined {
  const owners = PACKAGE_OWNERS[name];
  const room = roomOf(from);
  // The Studio's own packages stand in web/package.json and cannot be had from anywhere else.
  if (owners === undefined && room === 'web') return undefined;
  if (owners === undefined) return `imports the package ${name}: say in scripts/floors.ts which folder owns it`;
  const isOwner = owners.some((owner) => owner === room || from.startsWith(`src/${owner}/`));
  return isOwner ? undefined : `imports the package ${name}: only ${owners.join(', ')} may`;
}

function judgeBuiltin(from: string, { name, hasPrefix }: BuiltinTarget): string | undefined {
  if (!hasPrefix) return `imports ${name}: write node:${name}`;
  const room = roomOf(from) ?? '';
  const forbidden = FORBIDDEN_BUILTINS[room] ?? [];
  if (forbidden.includes('*')) return `imports node:${name}: ${room} imports no module of Node`;
  if (forbidden.includes(name)) return `imports node:${name}: not in ${room}`;
  const isFree = room === 'clock' || room === 'simulator';
  return TIMERS.includes(name) && !isFree ? `imports node:${name}: only src/clock.ts may` : undefined;
}
