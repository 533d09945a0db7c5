import { z } from 'zod';
import { NO_DEFAULTS, toDefaults, toProviderEntry } from './entry.ts';
import {
  checkRegistry,
  DEFAULT_FIELDS,
  type DefaultFields,
  ENTRY_FIELDS,
  type ProviderFields,
  problemsOf,
} from './entry-schema.ts';
import { malformedFile, type Problem } from './problems.ts';
import type { ProvidersFile } from './registry-file.ts';
import { readYaml } from './yaml-source.ts';

/** A prompt that the file keeps for later use. */
export interface PromptTemplate {
  readonly name: string;
  readonly text: string;
}

/** `config.yaml` of the Studio that llm-bench grew out of: defaults, prompt templates, and providers with their models. */
export interface StudioConfig extends ProvidersFile {
  readonly prompts: readonly PromptTemplate[];
  /** As `providers.toml` would say it, without keys. */
  readonly fields: ReadonlyMap<string, ProviderFields>;
  readonly defaultFields: DefaultFields;
  /** What is of no use here, in words. */
  readonly leftOut: readonly string[];
}

/** Reads the text of such a file. Throws FILE_MALFORMED with all that is wrong in it. */
export function readStudioConfig(file: string, text: string): StudioConfig {
  const { value, lineOf } = readYaml(file, text);
  const result = configSchema.safeParse(withoutNull(value ?? {}));
  if (!result.success) {
    throw malformedFile(file, problemsOf(result.error), { lineOf });
  }
  const config = toConfig(file, result.data);
  if ('problems' in config) throw malformedFile(file, config.problems, { lineOf });
  return config;
}

const NO_TABLE = { error: 'must be a table' };
const text = z.string({ error: 'must be a text' });

/** What our own schema does not look at; the rest is held to that. */
const configSchema = z.looseObject(
  {
    defaults: z.looseObject({}, NO_TABLE).optional(),
    prompt_templates: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be of letters, digits and underscores, no digit first'),
        z.looseObject({ prompt: z.string({ error: 'must be a text: the prompt' }).regex(/\S/, 'is empty') }, NO_TABLE),
        NO_TABLE,
      )
      .default({}),
    providers: z
      .record(
        z.string(),
        z.looseObject(
          {
            api_key: text.optional(),
            models: z.array(z.union([z.string(), z.looseObject({})]), { error: 'must be a list of models' }),
          },
          NO_TABLE,
        ),
        NO_TABLE,
      )
      .default({}),
  },
  { error: 'must be a table with defaults, prompt_templates and providers' },
);

type Config = z.infer<typeof configSchema>;
type Table = Readonly<Record<string, unknown>>;

function toConfig(file: string, config: Config): StudioConfig | { readonly problems: readonly Problem[] } {
  const leftOut = Object.keys(config).filter((name) => !['defaults', 'prompt_templates', 'providers'].includes(name));
  const keys = new Map<string, string>();
  const withModels = Object.entries(config.providers).filter(([name, { models }]) => {
    if (models.length === 0) leftOut.push(`providers.${name} (it has no models)`);
    return models.length > 0;
  });
  const plain = withModels.map(([name, { api_key: key, ...own }]) => {
    if (key !== undefined && key !== '') keys.set(name, key);
    const models = own.models.map((model) => (typeof model === 'string' ? { id: model } : ours(model)));
    return [name, { ...ours(own), models }] as const;
  });
  const defaults = keptDefaults(config.defaults ?? {}, leftOut);
  const checked = checkRegistry({ defaults, providers: Object.fromEntries(plain) });
  if (!('providers' in checked)) return { problems: checked };
  const problems: Problem[] = [];
  const providers = Object.entries(checked.providers).map(([name, fields]) => toProviderEntry(name, fields, problems));
  if (problems.length > 0) return { problems };
  return {
    file,
    providers,
    defaults: checked.defaults === undefined ? NO_DEFAULTS : toDefaults(checked.defaults),
    keys,
    prompts: Object.entries(config.prompt_templates).map(([name, { prompt }]) => ({ name, text: prompt })),
    fields: new Map(Object.entries(checked.providers)),
    defaultFields: checked.defaults ?? {},
    leftOut,
  };
}

/** Fields that we do not know are the user's own, and are kept as they are. */
function ours(fields: Table): Table {
  // A field that is called `custom` is one of them too.
  const isKnown = (name: string): boolean =>
    (ENTRY_FIELDS.has(name) && name !== 'custom') || name === 'id' || name === 'models';
  const known = Object.entries(fields).filter(([name]) => isKnown(name));
  const others = Object.entries(fields).filter(([name]) => !isKnown(name));
  return { ...Object.fromEntries(known), ...(others.length === 0 ? {} : { custom: Object.fromEntries(others) }) };
}

function keptDefaults(defaults: Table, leftOut: string[]): Table | undefined {
  leftOut.push(...Object.keys(defaults).flatMap((name) => (DEFAULT_FIELDS.has(name) ? [] : [`defaults.${name}`])));
  const kept = Object.entries(defaults).filter(([name]) => DEFAULT_FIELDS.has(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A name without anything behind it says nothing. */
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNull(item)]));
}
