import type { Command } from 'commander';
import {
  FLAG_ONLY_KEYS,
  type Setting,
  type SettingKey,
  type SettingsLayer,
  TARGETS_KEY,
} from '../../app/settings-file/setting-key.ts';
import { AppError } from '../../errors.ts';

/** Each says which prompts are sent. */
export const PROMPT_KEYS: readonly string[] = ['prompt', 'prompt_file', 'synthetic', 'dataset', 'trace'];
const OPEN_LOOP = ['arrival', 'max_in_flight'];

/**
 * Ways to say the same thing: who says it in one way, at a higher place, puts the other ways of all lower places aside. Each way is the keys
 * that go together.
 */
const ALTERNATIVES: readonly (readonly (readonly string[])[])[] = [
  [[TARGETS_KEY], ['providers'], ['endpoint', 'model']],
  PROMPT_KEYS.map((key) => [key]),
  [['runs'], ['num_requests']],
  [
    ['concurrency', 'request_delay'],
    ['rate', ...OPEN_LOOP],
    ['ramp', ...OPEN_LOOP],
    ['stage', ...OPEN_LOOP],
    ['trace', 'speed', 'max_in_flight'],
  ],
];

/** What holds in the end. `layers`: the highest place first. */
export function mergeLayers(layers: readonly SettingsLayer[]): SettingsLayer {
  const merged = new Map<string, Setting>();
  const closed = new Set<string>();
  for (const layer of layers) {
    const taken = [...layer].filter(([key]) => !closed.has(key) && !merged.has(key));
    for (const [key, setting] of taken) merged.set(key, setting);
    for (const [key] of taken) for (const other of otherWays(key, layer)) closed.add(other);
  }
  return merged;
}

/** Keys of the other ways to say what a key says, but for those that the same place says too: that is for the reader to refuse. */
function otherWays(key: string, layer: SettingsLayer): readonly string[] {
  return ALTERNATIVES.flatMap((ways) => {
    const own = new Set(ways.filter((way) => way.includes(key)).flat());
    return own.size === 0 ? [] : ways.flat().filter((other) => !own.has(other));
  }).filter((other) => !layer.has(other));
}

/** What was typed: flags, and the names beside them. */
export function flagLayer(command: Command, keys: readonly SettingKey[], names: readonly string[]): SettingsLayer {
  const flags: Readonly<Record<string, unknown>> = command.opts();
  const layer = new Map<string, Setting>();
  for (const { key, attribute, flag } of keys) {
    if (command.getOptionValueSource(attribute) !== 'cli') continue;
    layer.set(key, { value: flags[attribute] as Setting['value'], origin: { kind: 'flag', flag } });
  }
  const targets = [...names, ...((flags['target'] as readonly string[] | undefined) ?? [])];
  if (targets.length > 0) layer.set(TARGETS_KEY, { value: targets, origin: { kind: 'flag', flag: 'MODEL' } });
  return layer;
}

/**
 * What a command sets by itself, step by step (`--over rate=1..64:x2`), so that no lower place has a say in it. Its values are not real:
 * `withoutSteps` takes them out again.
 */
export function stepLayer(command: Command): SettingsLayer {
  const option = command.options.find(({ long }) => long === '--over');
  if (option === undefined) return new Map();
  const given: unknown = command.opts()['over'] ?? option.argChoices?.[0] ?? [];
  const keys = [given].flat().map((axis) => String(axis).split('=')[0]?.replaceAll('-', '_') ?? '');
  return new Map(keys.map((key): [string, Setting] => [key, { value: '', origin: STEPS }]));
}

const STEPS: Setting['origin'] = { kind: 'flag', flag: '--over' };

export function withoutSteps(settings: SettingsLayer): SettingsLayer {
  return new Map([...settings].filter(([, { origin }]) => origin !== STEPS));
}

/** These are looked for elsewhere: a provider's own variable comes before `LLM_BENCH_API_KEY`. */
const NO_VARIABLE: ReadonlySet<string> = new Set(['api_key', ...Object.keys(FLAG_ONLY_KEYS)]);

/** `LLM_BENCH_RATE` and the like. Throws FLAG_INVALID for a switch that is neither on nor off. */
export function variableLayer(
  keys: readonly SettingKey[],
  environment: (name: string) => string | undefined,
): SettingsLayer {
  const layer = new Map<string, Setting>();
  for (const key of keys) {
    const text = NO_VARIABLE.has(key.key) ? undefined : environment(key.variable);
    if (text === undefined) continue;
    layer.set(key.key, { value: fromVariable(key, text), origin: { kind: 'variable', variable: key.variable } });
  }
  return layer;
}

const ON: ReadonlySet<string> = new Set(['1', 'true', 'yes', 'on']);
const OFF: ReadonlySet<string> = new Set(['0', 'false', 'no', 'off']);

/** Lists have an item a line. */
function fromVariable({ kind, variable }: SettingKey, text: string): Setting['value'] {
  if (kind === 'texts') return text.split('\n').filter((line) => line.trim() !== '');
  if (kind === 'text') return text;
  const word = text.toLowerCase();
  if (ON.has(word)) return true;
  if (OFF.has(word)) return false;
  throw new AppError('FLAG_INVALID', {
    flag: variable,
    problem: `"${text}" is neither true nor false`,
    command: 'run',
  });
}
