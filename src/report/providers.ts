import type { Price } from '../model/price.ts';
import type { ModelEntry, ProviderEntry } from '../model/provider-entry.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import { UNDEFINED } from './format.ts';
import type { Style } from './style.ts';
import { type Row, renderTable } from './table.ts';

/** A line a provider: name, models, base URL and the variable of the key, in columns for people. */
export function renderProviderList(providers: readonly ProviderEntry[], style: Style): string {
  const head = ['provider', 'models', 'base URL', 'key'].map((text) => style.dim(text));
  return renderTable([head, ...providers.map((provider) => cellsOf(provider, UNDEFINED))], head.length).join('\n');
}

/** The same for programs: parted by tabs, without a head, `-` for what is not said. */
export function renderProviderLines(providers: readonly ProviderEntry[]): string {
  return providers.map((provider) => `${cellsOf(provider, '-').join('\t')}\n`).join('');
}

function cellsOf({ name, models }: ProviderEntry, nothing: string): readonly string[] {
  const each = (values: readonly (string | undefined)[]): string => {
    const known = [...new Set(values.filter((value) => value !== undefined))];
    return known.length === 0 ? nothing : known.join(',');
  };
  return [
    name,
    models.map(({ model }) => model).join(','),
    each(models.map(({ apiBase }) => apiBase)),
    each(models.map(({ apiKeyEnv }) => apiKeyEnv)),
  ];
}

/** What `renderProvider` shows of one provider. */
export interface ShownProvider {
  readonly provider: ProviderEntry;
  readonly file: string;
  /** Whether a variable is set. */
  readonly variables: ReadonlyMap<string, boolean>;
}

/** All that is said of a provider: what holds for every model of it once, then each model with what is its own. */
export function renderProvider({ provider, file, variables }: ShownProvider, style: Style): string {
  const each = provider.models.map((model) => ({ model, rows: rowsOf(model, variables) }));
  const [first, ...others] = each;
  const isCommon = ([name, value]: Row): boolean =>
    others.every(({ rows }) => rows.some((row) => row[0] === name && row[1] === value));
  const common = (first?.rows ?? []).filter(isCommon);
  const models = each.flatMap(({ model, rows }): readonly Row[] => [
    ['model', model.label === undefined ? model.model : `${model.model} (${model.label})`],
    ...rows
      .filter(([name]) => !common.some((row) => row[0] === name))
      .map(([name, value]) => [`  ${name}`, value ?? '']),
  ]);
  const title = provider.label === undefined ? provider.name : `${provider.name} (${provider.label})`;
  const rows = [...common, ...models].map(([name = '', value = '']) => [`  ${style.dim(name)}`, value]);
  return [`${style.title(title)}  ${style.dim(`in ${file}`)}`, ...renderTable(rows, 2)].join('\n');
}

/** By the names of the file. */
function rowsOf(model: ModelEntry, variables: ReadonlyMap<string, boolean>): readonly Row[] {
  const { apiKeyEnv, timeoutMs, template } = model;
  const key = apiKeyEnv && `${apiKeyEnv} (${variables.get(apiKeyEnv) === true ? 'set' : 'not set'})`;
  const rows: readonly (readonly [string, string | number | undefined])[] = [
    ['api_base', model.apiBase],
    ['api_key_env', key],
    ['dialect', model.dialect],
    ...Object.entries(model.extraHeaders).map(([name, value]) => [`extra_headers.${name}`, value] as const),
    ['temperature', model.temperature],
    ['max_tokens', model.maxTokens],
    ['timeout_s', timeoutMs === undefined ? undefined : timeoutMs / MS_PER_SECOND],
    ['context_window', model.contextWindow],
    ['max_output_tokens', model.maxOutputTokens],
    ['skip_params', model.skipParams.length === 0 ? undefined : model.skipParams.join(', ')],
    ...Object.entries(model.params).map(([name, value]) => [`params.${name}`, JSON.stringify(value)] as const),
    ...priceRows(model.price),
    ['region', model.region],
    ['tier', model.tier],
    ['project', model.project],
    ['api_version', model.apiVersion],
    ['base_model', model.baseModel],
    ['template', template && `${template.method}, ${template.framing}, text at ${template.paths.text}`],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
}

function priceRows(price: Price | undefined): readonly (readonly [string, string | undefined])[] {
  const usd = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : `$${value} per million tokens`;
  return [
    ['input_cost_per_mtok', usd(price?.inputUsd)],
    ['output_cost_per_mtok', usd(price?.outputUsd)],
    ['cached_input_cost_per_mtok', usd(price?.cachedInputUsd)],
    ['cache_write_cost_per_mtok', usd(price?.cacheWriteUsd)],
    ['reasoning_cost_per_mtok', usd(price?.reasoningUsd)],
  ];
}
