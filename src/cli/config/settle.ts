import type { Command } from 'commander';
import { nearestSetting } from '../../app/settings-file/nearest-setting.ts';
import {
  FLAG_ONLY_KEYS,
  type Setting,
  type SettingKey,
  type SettingOrigin,
  type SettingsLayer,
  TARGETS_KEY,
} from '../../app/settings-file/setting-key.ts';
import { AppError } from '../../errors.ts';
import type { CliContext } from '../context.ts';
import { flagLayer, mergeLayers, stepLayer, variableLayer, withoutSteps } from './layers.ts';
import { originText, toldAtOrigin } from './origins.ts';
import { keysOf, runKeys } from './setting-keys.ts';

/** Flags with what variables and files add to them. */
export interface Settled {
  /** As the parser would give them. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** What was given beside flags, without a plan file. */
  readonly names: readonly string[];
  readonly settings: SettingsLayer;
  /** Only what was typed. */
  readonly typed: SettingsLayer;
  /** What the user may not know: files and variables that had a say. */
  readonly notes: readonly string[];
  /** A mistake in a value, told where it was made. */
  readonly retell: (error: unknown) => unknown;
}

/** What it measures was settled when its run was planned. */
const REPEATING = 'rerun';

/** It asks for prompts: what a load sends, such as a limit of output, is not meant for it. */
const WRITING = 'generate';
const SENT = 'What they are sent:';

/** Of commands that measure nothing by themselves: where runs and providers are kept. */
const PLACES: ReadonlySet<string> = new Set(['db', 'config', 'catalog']);

/**
 * Flags, then variables, then the plan file among the names, then the project's file, then the user's own. Only what a run can be told is
 * looked for elsewhere, and only by commands that declare the very same flag. Rejects with FILE_* and FLAG_INVALID.
 */
export async function settle(command: Command, context: Pick<CliContext, 'settings'>): Promise<Settled> {
  const own = new Map(keysOf(command).map((key) => [key.key, key]));
  const same = runKeys().filter((key) => isSame(own.get(key.key), key));
  const isMeasuring = command.name() !== REPEATING && same.some(({ key }) => key === 'endpoint');
  const keys = same.filter(
    ({ key, group }) => PLACES.has(key) || (isMeasuring && (command.name() !== WRITING || group !== SENT)),
  );
  const { planFiles, names } = isMeasuring ? partNames(command.args) : { planFiles: [], names: command.args };
  const typed = flagLayer(command, keys, isMeasuring ? names : []);
  const variables = variableLayer(keys, context.settings.environment);
  const files = await readFiles(planFiles, context.settings.userConfig);
  const merged = withoutSteps(mergeLayers([typed, stepLayer(command), variables, ...files]));
  const applied = new Map(
    [...merged].filter(([key]) => (key === TARGETS_KEY ? isMeasuring : keys.some((one) => one.key === key))),
  );
  const retell = (error: unknown): unknown => toldAtOrigin(error, applied, keys);
  try {
    for (const key of keys) checkChoice(key, applied.get(key.key));
  } catch (error) {
    throw retell(error);
  }
  return {
    flags: { ...command.opts(), ...(await toFlags(applied, keys)) },
    names: isMeasuring ? toNames(applied) : names,
    settings: applied,
    typed: isMeasuring ? typed : flagLayer(command, same, command.name() === REPEATING ? names.slice(1) : []),
    notes: isMeasuring ? [...sayUnknown(context), ...saySources(applied)] : [],
    retell,
  };
}

function isSame(one: SettingKey | undefined, other: SettingKey): boolean {
  return (
    one !== undefined && one.flag === other.flag && one.placeholder === other.placeholder && one.kind === other.kind
  );
}

const PLAN_FILE = /\.(?:ya?ml|json|toml)$/i;

/** One argument may be a plan file: no model is named like one. */
function partNames(args: readonly string[]): {
  readonly planFiles: readonly string[];
  readonly names: readonly string[];
} {
  const planFiles = args.filter((name) => PLAN_FILE.test(name));
  const [first = '', second] = planFiles;
  if (second !== undefined) {
    const hint = 'one plan is measured at a time; put what both say into one file';
    throw new AppError('FLAGS_CONFLICT', { first, second, hint });
  }
  return { planFiles, names: args.filter((name) => !PLAN_FILE.test(name)) };
}

/** The parsers are only loaded where there is a file. */
async function readFiles(planFiles: readonly string[], userConfig: string): Promise<readonly SettingsLayer[]> {
  const { findSettingsFiles } = await import('../../app/settings-file/find.ts');
  const found = await findSettingsFiles(userConfig);
  const plans = planFiles.map((file) => ({ kind: 'plan' as const, file }));
  const files = [...plans, ...found.filter(({ file }) => !planFiles.includes(file))];
  if (files.length === 0) return [];
  const { readSettingsFile } = await import('../../app/settings-file/read.ts');
  return await Promise.all(files.map((file) => readSettingsFile(file, fileKeys())));
}

/** The schema's file in `docs/`. */
export const PLAN_SCHEMA_ID = 'plan.schema.json';

/** What files can say. */
export function fileKeys(): readonly SettingKey[] {
  return runKeys().filter(({ key }) => !(key in FLAG_ONLY_KEYS) && key !== 'target');
}

function checkChoice({ flag, choices }: SettingKey, setting: Setting | undefined): void {
  if (setting === undefined || choices === undefined || setting.origin.kind === 'flag') return;
  if (choices.includes(String(setting.value))) return;
  const [near] = nearestSetting(String(setting.value), choices);
  const hint = near === undefined ? `one of ${choices.join(', ')}` : `did you mean ${near}?`;
  throw new AppError('FLAG_INVALID', { flag, problem: `"${setting.value}" is not allowed, ${hint}`, command: 'run' });
}

/** As the parser would give them. Rejects with FLAG_INVALID for a table that is none. */
export async function toFlags(settings: SettingsLayer, keys: readonly SettingKey[]): Promise<Record<string, unknown>> {
  const flags = Object.fromEntries(
    keys.flatMap(({ key, attribute }) => {
      const setting = settings.get(key);
      return setting === undefined ? [] : [[attribute, setting.value]];
    }),
  );
  const tables = targetsOf(settings).filter(isTable);
  if (tables.length === 0) return flags;
  const { toJsonTarget } = await import('../../app/address/inline-targets.ts');
  return { ...flags, target: await Promise.all(tables.map(toJsonTarget)) };
}

/** What would stand beside the flags. */
export function toNames(settings: SettingsLayer): readonly string[] {
  return targetsOf(settings).filter((target) => !isTable(target));
}

function targetsOf(settings: SettingsLayer): readonly string[] {
  return (settings.get(TARGETS_KEY)?.value as readonly string[] | undefined) ?? [];
}

/** No model's name begins like a table. */
function isTable(target: string): boolean {
  return target.trimStart().startsWith('{');
}

function saySources(settings: SettingsLayer): readonly string[] {
  const byPlace = new Map<string, string[]>();
  for (const [key, { origin }] of settings) {
    const place = placeOf(origin);
    if (place !== undefined) byPlace.set(place, [...(byPlace.get(place) ?? []), key]);
  }
  return [...byPlace].map(([place, keys]) => `${place} sets ${keys.join(', ')}`);
}

/** Of what the user did not name on this command line. */
function placeOf(origin: SettingOrigin): string | undefined {
  if (origin.kind === 'variable') return originText(origin).startsWith('LLM_BENCH_') ? 'the environment' : undefined;
  return origin.kind === 'project' || origin.kind === 'user' ? origin.file : undefined;
}

/** Variables of ours that nothing reads: most likely a slip. */
function sayUnknown({ settings }: Pick<CliContext, 'settings'>): readonly string[] {
  const known = [...runKeys().map(({ variable }) => variable), ...OTHER_VARIABLES];
  return settings.ownVariables
    .filter((name) => !known.includes(name))
    .map((name) => {
      const [near] = nearestSetting(name, known);
      return `${name} is set, but nothing reads it${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}

const OTHER_VARIABLES = ['LLM_BENCH_LOG_LEVEL', 'LLM_BENCH_LAUNCHER'];
