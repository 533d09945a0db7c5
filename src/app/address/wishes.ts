import { AppError } from '../../errors.ts';
import type { ModelEntry, ProviderDefaults, ProviderEntry } from '../../model/provider-entry.ts';
import { NO_DEFAULTS } from '../../providers/entry.ts';
import { nearest } from '../../providers/nearest.ts';
import { findProvidersFile, readProviders } from '../../providers/read-providers.ts';
import type { ProvidersFile } from '../../providers/registry-file.ts';
import { readInlineTargets } from './inline-targets.ts';
import type { Surroundings, TargetOptions } from './target-options.ts';

/** One model that is to be reached, with all that was said of it. */
export interface Wish {
  /** What the user calls its provider; undefined: told by where it is found. */
  readonly provider: string | undefined;
  /** `catalog`: its name says whose it is; `endpoint`: it is that URL's, and its name is sent as it stands. */
  readonly place: { readonly kind: 'catalog' } | { readonly kind: 'endpoint'; readonly url: string };
  readonly entry: ModelEntry;
  /** A key that stands in a Studio's file. A secret. */
  readonly key: string | undefined;
}

/**
 * What is to be measured: names, configured providers, and models at endpoints, in this order. When nothing is named, all configured
 * providers. Rejects with FLAG_MISSING, FLAG_INVALID or the FILE_* codes.
 */
export async function gatherWishes(options: TargetOptions, surroundings: Surroundings): Promise<readonly Wish[]> {
  const { endpoints, providers } = options;
  const names = endpoints.length === 0 ? [...options.names, ...options.models] : options.names;
  const inline = await readInlineTargets(options.targets);
  const hasNothing = names.length + inline.length + providers.length + endpoints.length === 0;
  if (endpoints.length > 0 && options.models.length === 0) throw missingModel();
  const file = names.length + providers.length > 0 || hasNothing ? await openFile(options, surroundings) : undefined;
  if (hasNothing && (file === undefined || file.providers.length === 0)) throw missingTarget();
  const wanted = hasNothing ? (file?.providers ?? []).map(({ name }) => name) : providers;
  return [
    ...names.flatMap((name) => (isConfigured(name, file) ? configured(name, file) : [named(name)])),
    ...inline.flatMap((provider) => wishesFor(provider, { defaults: NO_DEFAULTS, key: undefined })),
    ...wanted.flatMap((name) => configured(name, file)),
    ...endpoints.flatMap((url) => options.models.map((model) => at(url, model))),
  ];
}

async function openFile({ config }: TargetOptions, surroundings: Surroundings): Promise<ProvidersFile | undefined> {
  const named = config ?? surroundings.config;
  const file = await findProvidersFile({ named, userConfig: surroundings.userConfig });
  return file === undefined ? undefined : await readProviders(file);
}

function isConfigured(name: string, file: ProvidersFile | undefined): boolean {
  return file?.providers.some((provider) => provider.name === name) === true;
}

function configured(name: string, file: ProvidersFile | undefined): readonly Wish[] {
  const provider = file?.providers.find((one) => one.name === name);
  if (file === undefined || provider === undefined) throw unknownProvider(name, file);
  return wishesFor(provider, { defaults: file.defaults, key: file.keys.get(name) });
}

/** All models of a provider, with what holds for its whole file. */
export function wishesFor(
  { name, models }: ProviderEntry,
  { defaults, key }: { readonly defaults: ProviderDefaults; readonly key: string | undefined },
): readonly Wish[] {
  return models.map((entry) => ({
    provider: name,
    place: { kind: 'catalog' },
    entry: {
      ...entry,
      temperature: entry.temperature ?? defaults.temperature,
      maxTokens: entry.maxTokens ?? defaults.maxTokens,
      timeoutMs: entry.timeoutMs ?? defaults.timeoutMs,
    },
    key,
  }));
}

function named(model: string): Wish {
  if (model.trim() === '') throw emptyName();
  return { provider: undefined, place: { kind: 'catalog' }, entry: { ...NO_ENTRY, model }, key: undefined };
}

function at(text: string, model: string): Wish {
  if (model.trim() === '') throw emptyName();
  const [, provider, url = ''] = /^(?:([\w.-]+)=)?(.*)$/s.exec(text) ?? [];
  return { provider, place: { kind: 'endpoint', url }, entry: { ...NO_ENTRY, model }, key: undefined };
}

/** Nothing is said of it, not even its name. */
export const NO_ENTRY: ModelEntry = {
  model: '',
  label: undefined,
  apiBase: undefined,
  apiKeyEnv: undefined,
  extraHeaders: {},
  dialect: undefined,
  temperature: undefined,
  maxTokens: undefined,
  timeoutMs: undefined,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  skipParams: [],
  params: {},
  price: undefined,
  region: undefined,
  tier: undefined,
  project: undefined,
  apiVersion: undefined,
  baseModel: undefined,
  template: undefined,
};

function missingTarget(): AppError {
  return new AppError('FLAG_MISSING', {
    flag: 'MODEL',
    hint: 'name one, as openai/gpt-4o-mini, or an endpoint: --endpoint http://localhost:8000/v1 --model mistral-7b',
  });
}

function missingModel(): AppError {
  return new AppError('FLAG_MISSING', {
    flag: '--model',
    hint: 'name the model as the endpoint does: --model mistral-7b',
  });
}

function emptyName(): AppError {
  return new AppError('FLAG_INVALID', { flag: '--model', problem: 'the name is empty', command: 'run' });
}

function unknownProvider(name: string, file: ProvidersFile | undefined): AppError {
  const known = file?.providers.map((provider) => provider.name) ?? [];
  const [near] = nearest(name, known);
  const there = known.length === 0 ? 'no provider is configured' : `there are ${known.join(', ')}`;
  const hint = near === undefined ? there : `did you mean ${near}?`;
  return new AppError('PROVIDER_NOT_CONFIGURED', { name, file: file?.file ?? 'providers.toml', hint });
}
