import { ANSWER_SETTINGS } from './answer-settings.ts';
import { InvalidValue } from './invalid-value.ts';
import { type AnswerOptions, DEFAULT_OPTIONS, FAULT_KINDS, type FaultRule, type SimulatorOptions } from './options.ts';
import { parseChoice, parseDurationMs, parseFaultRule, parsePort, parseWholeNumber } from './setting-values.ts';
import { FAMILIES, type Family } from './shapes/family.ts';

/** One flag in commander's syntax. Texts of `defaultValue` are for help; absent flags take DEFAULT_OPTIONS. */
export interface SimulatorFlag {
  readonly flags: string;
  readonly description: string;
  readonly defaultValue?: string;
  /** May be given several times; its value is then an array. */
  readonly isRepeatable?: boolean;
}

/** Values by camelCase name, as commander's `opts()` gives them. */
export type FlagValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** A flag whose value cannot be used; the message is one line for the user. */
export class SimulatorFlagError extends Error {
  override readonly name = 'SimulatorFlagError';
}

const SERVER_FLAGS: readonly SimulatorFlag[] = [
  { flags: '--host <address>', description: 'address to listen on', defaultValue: '127.0.0.1' },
  { flags: '--port <number>', description: 'port to listen on; 0: any free one', defaultValue: '9000' },
  { flags: '--api-key <key>', description: 'require this key where the family carries it (401 without)' },
  {
    flags: '--speaks <list>',
    description: `families answered, joined by commas (404 for others): ${FAMILIES.join(', ')}; default: all`,
  },
  { flags: '--models <list>', description: 'the only known models, joined by commas (404 for others); default: any' },
  { flags: '--seed <number>', description: 'seed of all chance: the same seed, the same draws', defaultValue: '1' },
  { flags: '--max-concurrency <count>', description: 'requests served at once; default: no limit' },
  { flags: '--max-queue <count>', description: 'requests that may wait, 429 beyond; default: no limit' },
  { flags: '--silent-at <duration>', description: 'write nothing from this long after the first request' },
  { flags: '--silent-for <duration>', description: 'length of that silence' },
  {
    flags: '--fault <rule>',
    description: `KIND:RATE, KIND@NUMBER,NUMBER or KIND (always); kinds: ${FAULT_KINDS.join(', ')}`,
    isRepeatable: true,
  },
  { flags: '--truth <file>', description: 'write what really happened, one JSON line per request' },
  { flags: '--truth-bodies', description: 'write the body of each request too' },
];

export const SIMULATOR_FLAGS: readonly SimulatorFlag[] = [
  ...SERVER_FLAGS,
  ...[...ANSWER_SETTINGS].map(([name, { argument, description, defaultValue }]) => ({
    flags: argument === undefined ? `--${name}` : `--${name} ${argument}`,
    description,
    ...(defaultValue === undefined ? {} : { defaultValue }),
  })),
];

/**
 * The options that the flags ask for. Throws SimulatorFlagError.
 * Commander turns `--no-stream-options` into `streamOptions: false`; `noStreamOptions: true` is understood too.
 */
export function parseSimulatorFlags(values: FlagValues): SimulatorOptions {
  const read = <Value>(flag: string, fallback: Value, parse: (text: string) => Value): Value => {
    const value = values[toCamelCase(flag)];
    return typeof value === 'string' ? parseAt(flag, () => parse(value)) : fallback;
  };
  return {
    ...DEFAULT_OPTIONS,
    ...parseAnswerFlags(values),
    host: read('host', DEFAULT_OPTIONS.host, (text) => text),
    port: read('port', DEFAULT_OPTIONS.port, parsePort),
    apiKey: read<string | undefined>('api-key', undefined, (text) => text),
    speaks: read('speaks', DEFAULT_OPTIONS.speaks, parseFamilies),
    models: read<readonly string[]>('models', [], parseModels),
    seed: read('seed', DEFAULT_OPTIONS.seed, (text) => parseWholeNumber(text, 0)),
    maxConcurrency: read('max-concurrency', DEFAULT_OPTIONS.maxConcurrency, (text) => parseWholeNumber(text, 1)),
    maxQueue: read('max-queue', DEFAULT_OPTIONS.maxQueue, (text) => parseWholeNumber(text, 0)),
    silence: toSilence(read('silent-at', undefined, parseDurationMs), read('silent-for', undefined, parseDurationMs)),
    faults: parseFaults(values['fault']),
    keepBodies: values['truthBodies'] === true,
    truthFile: read<string | undefined>('truth', undefined, (text) => text),
  };
}

function parseAnswerFlags(values: FlagValues): Partial<AnswerOptions> {
  let options: Partial<AnswerOptions> = {};
  for (const [name, setting] of ANSWER_SETTINGS) {
    const value = values[toCamelCase(name)];
    if (typeof value === 'string') options = { ...options, ...parseAt(name, () => setting.parse(value)) };
    else if (value === true) options = { ...options, ...setting.parse('yes') };
  }
  return values['streamOptions'] === false ? { ...options, acceptsStreamOptions: false } : options;
}

function parseFamilies(text: string): readonly Family[] {
  return text.split(',').map((name) => parseChoice(name.trim(), FAMILIES));
}

function parseModels(text: string): readonly string[] {
  const models = text.split(',').map((name) => name.trim());
  if (models.includes('')) throw new InvalidValue(`"${text}" has an empty name; use a,b`);
  return models;
}

function parseFaults(value: string | readonly string[] | boolean | undefined): readonly FaultRule[] {
  const texts = typeof value === 'string' ? [value] : typeof value === 'object' ? value : [];
  const rules = texts.map((text) => parseAt('fault', () => parseFaultRule(text)));
  const rateSum = rules.reduce((sum, rule) => sum + ('rate' in rule ? rule.rate : 0), 0);
  // Ten rates of 0.1 add up to slightly more or less than 1 in floating point.
  if (rateSum > 1 + Number.EPSILON * rules.length) {
    throw new SimulatorFlagError(`--fault: the rates add up to ${rateSum}; together they may reach at most 1`);
  }
  return rules;
}

function toSilence(atMs: number | undefined, forMs: number | undefined): SimulatorOptions['silence'] {
  if (atMs === undefined && forMs === undefined) return undefined;
  if (atMs === undefined) throw new SimulatorFlagError('--silent-for: needs --silent-at too');
  if (forMs === undefined) throw new SimulatorFlagError('--silent-at: needs --silent-for too');
  return { atMs, forMs };
}

function parseAt<Value>(flag: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidValue) throw new SimulatorFlagError(`--${flag}: ${error.message}`, { cause: error });
    throw error;
  }
}

function toCamelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
