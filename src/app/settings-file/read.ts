import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { JsonValue } from '../../model/units.ts';
import { problemsOf } from '../../providers/entry-schema.ts';
import { isPlain } from '../../providers/field-checks.ts';
import { readInlineTarget } from '../../providers/inline-target.ts';
import { type LocatedSource, readLocated } from '../../providers/located-source.ts';
import { nearest } from '../../providers/nearest.ts';
import { malformedFile, type Problem, unreadableFile } from '../../providers/problems.ts';
import type { SettingsFile } from './find.ts';
import { settingsSchema } from './schema.ts';
import {
  FLAG_ONLY_KEYS,
  type Setting,
  type SettingKey,
  type SettingOrigin,
  type SettingsLayer,
  TARGETS_KEY,
} from './setting-key.ts';

const MEND = 'mend it; docs/plan-file.md says what can stand there';

/** Reads .yaml, .yml, .json or .toml. Rejects with FILE_UNREADABLE or FILE_MALFORMED that names all that is wrong. */
export async function readSettingsFile(
  { kind, file }: SettingsFile,
  keys: readonly SettingKey[],
): Promise<SettingsLayer> {
  const source = await readSource(file);
  const { $schema: _, ...value } = isPlain(source.value) ? (source.value as Record<string, unknown>) : {};
  const problems = source.value === null || isPlain(source.value) ? findProblems(value, keys) : [NO_TABLE];
  if (problems.length > 0) throw malformedFile(file, problems, { lineOf: source.lineOf, mend: MEND });
  const layer = new Map<string, Setting>();
  const originOf = (key: string): SettingOrigin => ({ kind, file, line: source.lineOf([key]) });
  const targets = value[TARGETS_KEY] as readonly unknown[] | undefined;
  if (targets !== undefined)
    layer.set(TARGETS_KEY, { value: targets.map(toTargetText), origin: originOf(TARGETS_KEY) });
  for (const key of keys) {
    if (value[key.key] === undefined) continue;
    layer.set(key.key, { value: toFlagValue(key, value[key.key], dirname(file)), origin: originOf(key.key) });
  }
  return layer;
}

const NO_TABLE: Problem = { path: [], text: 'this holds no settings; write them as "rate: 20", a line each' };

async function readSource(file: string): Promise<LocatedSource> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw unreadableFile(file, error);
  }
  return await readLocated(file, text.replace(/^\uFEFF/, ''), MEND);
}

function findProblems(value: Readonly<Record<string, unknown>>, keys: readonly SettingKey[]): readonly Problem[] {
  const { [TARGETS_KEY]: targets, ...flat } = value;
  const list: readonly unknown[] = Array.isArray(targets) ? targets : [];
  // A table is held to what it can be, which says more than that it is neither this nor that.
  const inTargets = list.flatMap((target, index) => {
    const read = typeof target === 'string' ? [] : readInlineTarget(target);
    return Array.isArray(read)
      ? (read as readonly Problem[]).map(({ path, text }) => ({ path: [TARGETS_KEY, index, ...path], text }))
      : [];
  });
  const checked = targets === undefined || Array.isArray(targets) ? flat : value;
  const result = settingsSchema(keys).safeParse(checked);
  const found = result.success ? [] : problemsOf(result.error, (name) => unknownKey(name, keys));
  const isKeyHere = typeof flat['api_key'] === 'string' && !flat['api_key'].startsWith('os.environ/');
  return [...found, ...inTargets, ...(isKeyHere ? [KEY_HERE] : [])];
}

const KEY_HERE: Problem = {
  path: ['api_key'],
  text: 'keys are never kept in this file; put it into a variable and name that: os.environ/NAME',
};

/** Words that people may look for it by. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  objectives: 'slo',
  thresholds: 'fail_if',
  database: 'db',
  requests: 'num_requests',
  qps: 'rate',
  url: 'endpoint',
  base_url: 'endpoint',
  users: 'concurrency',
};

function unknownKey(name: string, keys: readonly SettingKey[]): string {
  const reason = FLAG_ONLY_KEYS[name];
  if (reason !== undefined) return reason;
  const wanted = name.toLowerCase().replaceAll(/[-\s]/g, '_').replace(/^_+/, '');
  const same = keys.find(({ key, otherNames, attribute }) => [key, attribute, ...otherNames].includes(wanted));
  const known = [TARGETS_KEY, ...keys.map(({ key }) => key)];
  const meant = same?.key ?? OTHER_WORDS[wanted] ?? nearest(wanted, known)[0];
  const hint =
    meant === undefined ? 'llm-bench run --help-all lists all flags, which are the keys' : `did you mean ${meant}?`;
  return `there is no such key; ${hint}`;
}

/** A table becomes the JSON that `--target` takes. */
function toTargetText(target: unknown): string {
  return typeof target === 'string' ? target : JSON.stringify(target);
}

function toFlagValue(key: SettingKey, value: unknown, folder: string): Setting['value'] {
  if (typeof value === 'boolean') return value;
  const toText = (text: unknown): string => inFolder(key, String(text), folder);
  if (key.kind === 'text') return toText(value);
  if (Array.isArray(value)) return value.map(toText);
  if (isPlain(value)) return Object.entries(value).map(([name, item]) => toPair(key, name, item as JsonValue));
  return [toText(value)];
}

function toPair({ placeholder }: SettingKey, name: string, value: JsonValue): string {
  if (placeholder === 'key=value')
    return `${name}=${typeof value === 'string' ? asParameter(value) : JSON.stringify(value)}`;
  return placeholder === 'limits' ? `${name}<=${String(value)}` : `${name}: ${String(value)}`;
}

/** A text that could be read as another kind of value is quoted. */
function asParameter(text: string): string {
  try {
    JSON.parse(text);
    return JSON.stringify(text);
  } catch {
    return text;
  }
}

/** Paths of files are relative to the file that names them; said as seen from the working folder. */
function inFolder({ placeholder }: SettingKey, text: string, folder: string): string {
  if (!placeholder.includes('file') || folder === '.' || /^[a-z][a-z0-9+.-]+:/i.test(text)) return text;
  // A name that may also be a file, such as a tokenizer's, is a name unless it looks like a path.
  if (placeholder.startsWith('name') && !/[/\\]|\.json$/.test(text)) return text;
  return relative('.', resolve(folder, text)) || text;
}
