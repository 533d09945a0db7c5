import type { ModelEntry, ProviderDefaults, ProviderEntry } from '../../model/provider-entry.ts';
import { isSecretHeader } from '../../providers/secrets.ts';
import { findProvider, loadProviders, type RegistryPlace } from './load.ts';

/** Providers as they may be shown: what is secret in them is masked. */
export interface ShownProviders {
  readonly file: string;
  readonly defaults: ProviderDefaults;
  readonly providers: readonly ProviderEntry[];
  /** Whether each variable that they name is set. */
  readonly variables: ReadonlyMap<string, boolean>;
}

const MASK = '***';

/** Rejects with what `loadProviders` and `findProvider` throw. */
export async function showProviders(
  place: RegistryPlace & { readonly environment: (name: string) => string | undefined },
  name?: string,
): Promise<ShownProviders> {
  const found = await loadProviders(place);
  const chosen = name === undefined ? found.providers : [findProvider(found, name)];
  const named = chosen.flatMap(({ models }) => models.flatMap(({ apiKeyEnv }) => apiKeyEnv ?? []));
  return {
    file: found.file,
    defaults: found.defaults,
    providers: chosen.map((provider) => ({ ...provider, models: provider.models.map(masked) })),
    variables: new Map(named.map((variable) => [variable, place.environment(variable) !== undefined])),
  };
}

function masked(model: ModelEntry): ModelEntry {
  const headers = Object.entries(model.extraHeaders).map(([name, value]) => [
    name,
    isSecretHeader(name, value) ? MASK : value,
  ]);
  return { ...model, apiBase: withoutLogin(model.apiBase), extraHeaders: Object.fromEntries(headers) };
}

/** User, password and keys of the query. */
function withoutLogin(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const url = new URL(address);
  const secrets = [...url.searchParams].filter(([name, value]) => isSecretHeader(name, value));
  if (url.password === '' && url.username === '' && secrets.length === 0) return address;
  url.username = '';
  url.password = '';
  for (const [name] of secrets) url.searchParams.set(name, MASK);
  return url.href;
}
