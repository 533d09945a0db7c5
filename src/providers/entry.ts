import type { Price } from '../model/price.ts';
import type { ModelEntry, ProviderDefaults, ProviderEntry } from '../model/provider-entry.ts';
import type { RestTemplate } from '../model/rest-template.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import type { DefaultFields, EntryFields, ProviderFields, TemplateFields } from './entry-schema.ts';
import type { Problem } from './problems.ts';
import type { TomlPath } from './toml/source.ts';

/** Reads the checked fields of one provider; what only shows when they are seen together goes to `problems`. */
export function toProviderEntry(name: string, fields: ProviderFields, problems: Problem[]): ProviderEntry {
  const path = ['providers', name];
  const { model, models = [], ...own } = fields;
  const listed = models.map(({ id, ...over }, index) => ({ id, over, path: [...path, 'models', index] }));
  const first = model === undefined || listed.some(({ id }) => id === model) ? [] : [{ id: model, over: {}, path }];
  const all = [...first, ...listed];
  if (all.length === 0) problems.push({ path, text: 'has no model; add model = "…", or models = ["…", "…"]' });
  for (const [index, { id, path: place }] of all.entries()) {
    if (all.findIndex((one) => one.id === id) < index) problems.push({ path: place, text: `${id} is there twice` });
  }
  const { display_name: label, ...inherited } = own;
  return {
    name,
    label,
    models: all
      .toSorted((one, other) => Number(other.id === model) - Number(one.id === model))
      .map(({ id, over, path: place }) => toModelEntry(id, merged(inherited, over), { path: place, problems })),
  };
}

/**
 * Headers, parameters and skipped parameters add up; of all else the model's wins. A model with a price of its own takes none of
 * the provider's: the cached price of one model is not that of another.
 */
function merged(provider: EntryFields, model: EntryFields): EntryFields {
  return {
    ...(hasPrice(model) ? withoutPrice(provider) : provider),
    ...model,
    extra_headers: joinedHeaders(provider.extra_headers ?? {}, model.extra_headers ?? {}),
    params: { ...provider.params, ...model.params },
    skip_params: [...new Set([...(provider.skip_params ?? []), ...(model.skip_params ?? [])])],
  };
}

function joinedHeaders(
  provider: Readonly<Record<string, string>>,
  model: Readonly<Record<string, string>>,
): Record<string, string> {
  const replaced = new Set(Object.keys(model).map((name) => name.toLowerCase()));
  const kept = Object.entries(provider).filter(([name]) => !replaced.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...model };
}

interface Finding {
  readonly path: TomlPath;
  readonly problems: Problem[];
}

function toModelEntry(model: string, fields: EntryFields, finding: Finding): ModelEntry {
  return {
    model,
    label: fields.display_name,
    apiBase: fields.api_base,
    apiKeyEnv: fields.api_key_env,
    extraHeaders: fields.extra_headers ?? {},
    dialect: fields.dialect,
    temperature: fields.temperature,
    maxTokens: fields.max_tokens,
    timeoutMs: fields.timeout_s === undefined ? undefined : fields.timeout_s * MS_PER_SECOND,
    contextWindow: fields.context_window,
    maxOutputTokens: fields.max_output_tokens,
    skipParams: fields.skip_params ?? [],
    params: fields.params ?? {},
    price: readPrice(fields, finding),
    region: fields.region,
    tier: fields.tier,
    project: fields.project,
    apiVersion: fields.api_version,
    baseModel: fields.base_model,
    template: fields.template === undefined ? undefined : toTemplate(fields.template),
  };
}

const PRICE_FIELD = /_per_(?:mtok|million)$/;

function hasPrice(fields: EntryFields): boolean {
  return Object.keys(fields).some((name) => PRICE_FIELD.test(name));
}

function withoutPrice(fields: EntryFields): EntryFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !PRICE_FIELD.test(name)));
}

/** Each of three prices has two names. */
const PRICE_NAMES = [
  ['input_cost_per_mtok', 'input_price_per_million'],
  ['output_cost_per_mtok', 'output_price_per_million'],
  ['cached_input_cost_per_mtok', 'cached_price_per_million'],
] as const;

function readPrice(fields: EntryFields, { path, problems }: Finding): Price | undefined {
  if (!hasPrice(fields)) return undefined;
  const [input, output, cached] = PRICE_NAMES.map(([name, other]) => {
    if (fields[name] !== undefined && fields[other] !== undefined) {
      problems.push({ path: [...path, other], text: `says the same as ${name}; leave one out` });
    }
    return fields[name] ?? fields[other];
  });
  if (input === undefined || output === undefined) {
    const [lacking] = input === undefined ? PRICE_NAMES[0] : PRICE_NAMES[1];
    problems.push({ path, text: `a price needs both sides: add ${lacking} (0 where it is free)` });
    return undefined;
  }
  return {
    inputUsd: input,
    outputUsd: output,
    cachedInputUsd: cached,
    cacheWriteUsd: fields.cache_write_cost_per_mtok,
    longCacheWriteUsd: undefined,
    reasoningUsd: fields.reasoning_cost_per_mtok,
    tiers: [],
    perRequestUsd: 0,
    source: 'user',
    asOf: undefined,
  };
}

export function toTemplate({ method, body, framing, paths, done_marker }: TemplateFields): RestTemplate {
  return {
    method,
    body,
    framing,
    paths: {
      text: paths.text,
      reasoning: paths.reasoning,
      finish: paths.finish,
      inputTokens: paths.input_tokens,
      outputTokens: paths.output_tokens,
      error: paths.error,
    },
    doneMarker: done_marker,
  };
}

export const NO_DEFAULTS: ProviderDefaults = {
  temperature: undefined,
  maxTokens: undefined,
  timeoutMs: undefined,
  prompt: undefined,
  contextTiers: [],
};

export function toDefaults(fields: DefaultFields): ProviderDefaults {
  return {
    temperature: fields.temperature,
    maxTokens: fields.max_tokens,
    timeoutMs: fields.timeout_s === undefined ? undefined : fields.timeout_s * MS_PER_SECOND,
    prompt: fields.prompt,
    contextTiers: fields.context_tiers ?? [],
  };
}
