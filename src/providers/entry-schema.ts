import { z } from 'zod';
import { DIALECT_IDS, type DialectId } from '../model/target.ts';
import type { JsonObject, JsonValue } from '../model/units.ts';
import { isAddress, isJsonObject, isJsonValue, isPlain } from './field-checks.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problems.ts';
import { checkPlaceholders, jsonPath } from './template-checks.ts';
import type { TomlPath } from './toml/source.ts';

const text = z.string({ error: 'must be a text' });
const amount = z.number({ error: 'must be a number from 0' }).min(0, 'must be a number from 0');
const count = z
  .int({ error: 'must be a whole number from 1' })
  .min(1, 'must be a whole number from 1')
  .max(1e9, 'must be a whole number up to 1000000000');
const list = z.array(text, { error: 'must be a list of texts' });
const table = z.custom<JsonObject>(
  isJsonObject,
  'must be a table of texts, numbers, booleans, lists and tables (no dates)',
);

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Fields of a request's head that its sender builds itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

const headers = z
  .record(
    z
      .string()
      .regex(HEADER_NAME, 'this is not a name that a header can have')
      .refine((name) => !OWN_HEADERS.has(name.toLowerCase()), 'this header is set by llm-bench itself'),
    text.regex(HEADER_VALUE, 'must hold no character that a header cannot carry'),
    { error: 'must be a table of texts' },
  )
  .superRefine((record, context) => {
    const seen = new Set<string>();
    for (const name of Object.keys(record)) {
      if (seen.has(name.toLowerCase())) {
        context.addIssue({ code: 'custom', path: [name], message: 'is there twice: capital letters do not matter' });
      }
      seen.add(name.toLowerCase());
    }
  });

const templateSchema = z.strictObject(
  {
    method: z.enum(['POST', 'GET'], { error: 'must be POST or GET' }).default('POST'),
    body: z.custom<JsonValue>(isJsonValue, 'must be what JSON can hold').superRefine(checkPlaceholders).optional(),
    framing: z.enum(['sse', 'ndjson', 'json'], { error: 'must be sse, ndjson or json' }).default('json'),
    paths: z.strictObject(
      {
        text: jsonPath,
        reasoning: jsonPath.optional(),
        finish: jsonPath.optional(),
        input_tokens: jsonPath.optional(),
        output_tokens: jsonPath.optional(),
        error: jsonPath.optional(),
      },
      { error: 'must be a table with at least text, the path to the answer' },
    ),
    done_marker: text.optional(),
  },
  { error: 'must be a table' },
);

/** What can be said of a provider, and of each of its models over that. The names are the file's. */
const entryFields = {
  display_name: text.optional(),
  api_base: text.refine(isAddress, 'must be a URL that begins with http:// or https://').optional(),
  api_key_env: text.regex(VARIABLE, 'must be the name of a variable, as GROQ_API_KEY: never the key itself').optional(),
  extra_headers: headers.optional(),
  temperature: amount.optional(),
  max_tokens: count.optional(),
  timeout_s: z.number({ error: 'must be a number of seconds above 0' }).positive('must be above 0').optional(),
  context_window: count.optional(),
  max_output_tokens: count.optional(),
  skip_params: list.optional(),
  input_cost_per_mtok: amount.optional(),
  output_cost_per_mtok: amount.optional(),
  cached_input_cost_per_mtok: amount.optional(),
  cache_write_cost_per_mtok: amount.optional(),
  reasoning_cost_per_mtok: amount.optional(),
  /** Other names for the three prices that everybody needs. */
  input_price_per_million: amount.optional(),
  output_price_per_million: amount.optional(),
  cached_price_per_million: amount.optional(),
  dialect: z.enum(DIALECT_IDS, { error: `must be one of ${DIALECT_IDS.join(', ')}` }).optional(),
  params: table.optional(),
  region: text.optional(),
  tier: text.optional(),
  project: text.optional(),
  api_version: text.optional(),
  base_model: text.optional(),
  /** The user's own notes; nothing reads them. */
  custom: table.optional(),
  template: templateSchema.optional(),
};

const NO_TABLE = { error: 'must be a table' };
const modelText = text.regex(/^\S.*$/, 'must be the name of a model');

/** A name alone stands for a table with nothing but that. */
const asModelTable = (value: unknown): unknown => (typeof value === 'string' ? { id: value } : value);

const modelSchema = z.strictObject(
  {
    id: z.string({ error: 'is missing: the name of the model' }).regex(/^\S.*$/, 'must be the name of a model'),
    ...entryFields,
  },
  { error: 'must be the name of a model, or a table with id' },
);

const providerSchema = z.strictObject(
  {
    model: modelText.optional(),
    models: z.array(z.preprocess(asModelTable, modelSchema), { error: 'must be a list of models' }).optional(),
    ...entryFields,
  },
  NO_TABLE,
);

/** A provider that is written where it is used. */
export const inlineTargetSchema: z.ZodType = providerSchema.extend({ name: text });

const defaultsSchema = z.strictObject(
  {
    temperature: amount.optional(),
    max_tokens: count.optional(),
    timeout_s: entryFields.timeout_s,
    prompt: text.optional(),
    context_tiers: z
      .array(z.int({ error: 'must be a whole number from 0' }).min(0, 'must be a whole number from 0'), {
        error: 'must be a list of whole numbers',
      })
      .optional(),
  },
  NO_TABLE,
);

const registrySchema = z.strictObject({
  defaults: defaultsSchema.optional(),
  providers: z.record(z.string(), providerSchema, NO_TABLE).default({}),
});

/** The fields as they are written; see `ModelEntry` for what they mean. */
export interface EntryFields {
  readonly display_name?: string | undefined;
  readonly api_base?: string | undefined;
  readonly api_key_env?: string | undefined;
  readonly extra_headers?: Readonly<Record<string, string>> | undefined;
  readonly temperature?: number | undefined;
  readonly max_tokens?: number | undefined;
  readonly timeout_s?: number | undefined;
  readonly context_window?: number | undefined;
  readonly max_output_tokens?: number | undefined;
  readonly skip_params?: readonly string[] | undefined;
  readonly input_cost_per_mtok?: number | undefined;
  readonly output_cost_per_mtok?: number | undefined;
  readonly cached_input_cost_per_mtok?: number | undefined;
  readonly cache_write_cost_per_mtok?: number | undefined;
  readonly reasoning_cost_per_mtok?: number | undefined;
  readonly input_price_per_million?: number | undefined;
  readonly output_price_per_million?: number | undefined;
  readonly cached_price_per_million?: number | undefined;
  readonly dialect?: DialectId | undefined;
  readonly params?: JsonObject | undefined;
  readonly region?: string | undefined;
  readonly tier?: string | undefined;
  readonly project?: string | undefined;
  readonly api_version?: string | undefined;
  readonly base_model?: string | undefined;
  readonly custom?: JsonObject | undefined;
  readonly template?: TemplateFields | undefined;
}

export interface TemplateFields {
  readonly method: 'POST' | 'GET';
  readonly body?: JsonValue | undefined;
  readonly framing: 'sse' | 'ndjson' | 'json';
  readonly paths: {
    readonly text: string;
    readonly reasoning?: string | undefined;
    readonly finish?: string | undefined;
    readonly input_tokens?: string | undefined;
    readonly output_tokens?: string | undefined;
    readonly error?: string | undefined;
  };
  readonly done_marker?: string | undefined;
}

export interface ModelFields extends EntryFields {
  readonly id: string;
}

export interface ProviderFields extends EntryFields {
  readonly model?: string | undefined;
  readonly models?: readonly ModelFields[] | undefined;
}

export interface DefaultFields {
  readonly temperature?: number | undefined;
  readonly max_tokens?: number | undefined;
  readonly timeout_s?: number | undefined;
  readonly prompt?: string | undefined;
  readonly context_tiers?: readonly number[] | undefined;
}

export interface RegistryFields {
  readonly defaults?: DefaultFields | undefined;
  readonly providers: Readonly<Record<string, ProviderFields>>;
}

/** Names of what can be said of a provider and of a model. */
export const ENTRY_FIELDS: ReadonlySet<string> = new Set(Object.keys(entryFields));

export const DEFAULT_FIELDS: ReadonlySet<string> = new Set(Object.keys(defaultsSchema.shape));

export const TEMPLATE_FIELDS: ReadonlySet<string> = new Set(Object.keys(templateSchema.shape));

/** Holds the value of a whole file to the schema. Fields without anything in them count as absent. */
export function checkRegistry(value: unknown): RegistryFields | readonly Problem[] {
  const result = registrySchema.safeParse(withoutEmpty(value));
  return result.success ? result.data : problemsOf(result.error);
}

/** An empty text is none, as in files that were written by a form. Only fields themselves: a header may well be empty. */
function withoutEmpty(value: unknown, depth = 0): unknown {
  if (!isPlain(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== '');
  return Object.fromEntries(depth === 2 ? kept : kept.map(([key, item]) => [key, withoutEmpty(item, depth + 1)]));
}

/** What a schema found. `unknownTop`: what to say of a name at the top that is none of a providers file. */
export function problemsOf(error: z.ZodError, unknownTop?: (name: string) => string): readonly Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) =>
        path.length === 0 && unknownTop !== undefined
          ? { path: [key], text: unknownTop(key) }
          : unknownField([...path, key], path),
      );
    // A key of a table: what is wrong with it stands one level deeper.
    if (issue.code === 'invalid_key') return [{ path, text: issue.issues[0]?.message ?? issue.message }];
    return [{ path, text: issue.message }];
  });
}

/** What other programs call it; the first that can stand there is meant. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  base_url: ['api_base'],
  url: ['api_base'],
  endpoint: ['api_base'],
  key_env: ['api_key_env'],
  headers: ['extra_headers'],
  timeout: ['timeout_s'],
  max_completion_tokens: ['max_tokens'],
  extra_body: ['params'],
  parameters: ['params'],
  name: ['id', 'display_name'],
  model: ['id'],
  service_tier: ['tier'],
};

function unknownField(path: TomlPath, parent: TomlPath): Problem {
  const name = String(path.at(-1));
  if (/^api_?key$|^key$|^token$/i.test(name) && parent.length > 0) {
    return { path, text: 'keys are never kept in this file; put it into a variable and name that by api_key_env' };
  }
  const known = knownFieldsAt(parent);
  const meant = OTHER_NAMES[name]?.find((other) => known.includes(other)) ?? nearest(name, known)[0];
  if (meant !== undefined) return { path, text: `there is no such field; did you mean ${meant}?` };
  return { path, text: `there is no such field; there are ${known.join(', ')}` };
}

function knownFieldsAt(path: TomlPath): readonly string[] {
  const last = path.at(-1);
  if (path.length === 0) return Object.keys(registrySchema.shape);
  if (last === 'defaults' && path.length === 1) return Object.keys(defaultsSchema.shape);
  if (last === 'template') return Object.keys(templateSchema.shape);
  if (last === 'paths') return Object.keys(templateSchema.shape.paths.shape);
  return Object.keys(typeof last === 'number' ? modelSchema.shape : providerSchema.shape);
}

/** Holds the value of a template's file to the schema. */
export function checkTemplate(value: unknown): TemplateFields | readonly Problem[] {
  // As it stands in a registry, so that a wrong field is told beside the right ones.
  const result = z.object({ template: templateSchema }).safeParse({ template: value });
  if (result.success) return result.data.template;
  return problemsOf(result.error).map(({ path, text: problem }) => ({ path: path.slice(1), text: problem }));
}
