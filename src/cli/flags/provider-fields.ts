import type { ProviderFieldValues } from '../../app/providers/change.ts';
import { AppError } from '../../errors.ts';
import { type JsonValue, MS_PER_SECOND } from '../../model/units.ts';
import { readDuration, readParameter } from './values.ts';

/** A field of `providers.toml` as a flag. */
export interface FieldFlag {
  readonly field: string;
  /** As the parser declares it. */
  readonly flags: string;
  readonly description: string;
  readonly kind: 'text' | 'number' | 'list' | 'seconds' | 'headers' | 'params' | 'choice';
}

/** In the order in which they are written into a file. */
export const FIELD_FLAGS: readonly FieldFlag[] = [
  text('model', '--model <name>', 'model, as llm-bench run takes it: gpt-4o-mini, groq/llama-3.3-70b-versatile'),
  {
    field: 'models',
    flags: '--models <names>',
    description: 'several models, parted by commas; repeatable',
    kind: 'list',
  },
  text('display_name', '--display-name <text>', 'how reports call it'),
  text('api_base', '--endpoint, --api-base <url>', "base URL, if it is not the known provider's own"),
  text('api_key_env', '--api-key-env <variable>', 'name of the variable that holds the key; never the key itself'),
  {
    field: 'dialect',
    flags: '--dialect <id>',
    description: 'what it speaks (default: by model and URL)',
    kind: 'choice',
  },
  number('temperature', '--temperature <number>', "else the endpoint's own default"),
  number('max_tokens', '--token-limit, --max-tokens <n>', 'limit of output tokens'),
  { field: 'timeout_s', flags: '--timeout-s, --timeout <time>', description: 'for a whole request', kind: 'seconds' },
  number('context_window', '--context-window <n>', 'tokens that fit into the model'),
  number('max_output_tokens', '--max-output-tokens <n>', 'tokens that it can write'),
  {
    field: 'skip_params',
    flags: '--skip-param, --skip-params <names>',
    description: 'parameters that it must not be sent, parted by commas; repeatable',
    kind: 'list',
  },
  number('input_cost_per_mtok', '--input-price, --input-cost-per-mtok <usd>', 'dollars per million input tokens'),
  number('output_cost_per_mtok', '--output-price, --output-cost-per-mtok <usd>', 'dollars per million output tokens'),
  number(
    'cached_input_cost_per_mtok',
    '--cached-input-price, --cached-input-cost-per-mtok <usd>',
    'dollars per million cached input tokens',
  ),
  number(
    'cache_write_cost_per_mtok',
    '--cache-write-cost-per-mtok <usd>',
    'dollars per million tokens put into the cache',
  ),
  number('reasoning_cost_per_mtok', '--reasoning-cost-per-mtok <usd>', 'dollars per million reasoning tokens'),
  text('region', '--region <name>', 'of a cloud'),
  text('tier', '--tier <name>', 'service tier'),
  text('project', '--project <name>', 'of a cloud'),
  text('api_version', '--api-version <version>', 'where the provider has several'),
  text('base_model', '--base-model <name>', 'the model behind a deployment, for prices and limits'),
  {
    field: 'extra_headers',
    flags: '--extra-header, --header <name: value>',
    description: `send this header too; 'Name: $\{VARIABLE}' for what is secret; repeatable`,
    kind: 'headers',
  },
  {
    field: 'params',
    flags: '--param <key=value>',
    description: 'any other parameter, JSON where it can be; repeatable',
    kind: 'params',
  },
];

function text(field: string, flags: string, description: string): FieldFlag {
  return { field, flags, description, kind: 'text' };
}

function number(field: string, flags: string, description: string): FieldFlag {
  return { field, flags, description, kind: 'number' };
}

export type FieldFlagValues = Readonly<Record<string, unknown>>;

/** The fields that were given, by their names in the file. What a value may be is judged with the whole file. */
export function readFields(flags: FieldFlagValues, command: string): ProviderFieldValues {
  const fields = FIELD_FLAGS.flatMap((flag) => {
    const value = flags[attributeOf(flag)];
    return value === undefined ? [] : [[flag.field, readField(value, flag, command)] as const];
  });
  return Object.fromEntries(fields);
}

function readField(value: unknown, flag: FieldFlag, command: string): ProviderFieldValues[string] {
  const name = longNameOf(flag);
  const texts = (Array.isArray(value) ? value : [value]).map(String);
  const refuse = (problem: string): AppError => new AppError('FLAG_INVALID', { flag: name, problem, command });
  switch (flag.kind) {
    case 'number':
      return toNumber(texts[0] ?? '', refuse);
    case 'seconds':
      return readDuration(texts[0] ?? '', name) / MS_PER_SECOND;
    case 'list':
      return texts.flatMap((text) => text.split(',')).flatMap((text) => text.trim() || []);
    case 'headers':
      return Object.fromEntries(texts.map((text) => toHeader(text, refuse)));
    case 'params':
      return Object.fromEntries(
        texts.map((text) => readParameter(text, name)).map((pair) => toParameter(pair, refuse)),
      );
    default:
      return texts[0] ?? '';
  }
}

type Refuse = (problem: string) => AppError;

function toNumber(text: string, refuse: Refuse): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw refuse(`"${text}" is not a number`);
  return value;
}

/** The value may be a secret, so no error repeats it. */
function toHeader(text: string, refuse: Refuse): readonly [string, string] {
  const match = /^([^:\s]+):[ \t]*(.*)$/s.exec(text);
  if (match === null) throw refuse("a header is written 'name: value'");
  return [match[1] ?? '', (match[2] ?? '').trim()];
}

function toParameter(
  [key, value]: readonly [string, JsonValue],
  refuse: Refuse,
): readonly [string, ProviderFieldValues[string]] {
  if (holdsNull(value)) throw refuse(`${key}: TOML has no null`);
  return [key, value as ProviderFieldValues[string]];
}

function holdsNull(value: JsonValue): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(holdsNull);
}

/** `--endpoint, --api-base <url>` → `--api-base`: the last name is the one that values go by. */
function longNameOf({ flags }: FieldFlag): string {
  return flags.match(/--[\w-]+/g)?.at(-1) ?? flags;
}

function attributeOf(flag: FieldFlag): string {
  return longNameOf(flag)
    .slice(2)
    .replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
