import type { RunOverview } from '../model/run.ts';
import { openCatalog } from '../providers/catalog.ts';
import { PARAMETERS } from '../providers/parameter-names.ts';
import { knownModels } from '../providers/price-book.ts';
import type { AppContext } from './context.ts';
import { loadProviders, type RegistryPlace } from './providers/load.ts';
import { ANY_RUN, listRuns } from './reports.ts';

/** Something that could be typed, and what it is in a few words. */
export interface KnownValue {
  readonly value: string;
  readonly about: string;
}

/** Prefixes of providers, and after a slash the models that price lists know of that provider. Sends nothing. */
export async function modelStrings(typed: string): Promise<readonly KnownValue[]> {
  const { byPrefix } = openCatalog();
  const slash = typed.indexOf('/');
  if (slash < 0)
    return [...byPrefix.keys()].map((prefix) => ({ value: `${prefix}/`, about: 'models of this provider' }));
  const prefix = typed.slice(0, slash);
  const id = byPrefix.get(prefix)?.genaiPricesId;
  const models = id === undefined ? [] : await knownModels(id);
  return models.map((model) => ({ value: `${prefix}/${model}`, about: '' }));
}

/** Names of configured providers; none where nothing is configured, or the file cannot be read. */
export async function providerNames(place: RegistryPlace): Promise<readonly KnownValue[]> {
  try {
    const { providers } = await loadProviders(place);
    return providers.map(({ name, models }) => ({ value: name, about: models.map(({ model }) => model).join(', ') }));
  } catch {
    return [];
  }
}

/** Names of parameters, as users know them. */
export function parameterNames(): readonly string[] {
  return PARAMETERS;
}

const MAX_RUNS = 50;

/** The newest runs of a database; none where it cannot be opened now. */
export async function runIds(context: AppContext, db: string): Promise<readonly KnownValue[]> {
  let runs: readonly RunOverview[];
  try {
    runs = await listRuns(context, db, { limit: MAX_RUNS, filter: ANY_RUN });
  } catch {
    return [];
  }
  return runs.map(({ id, startedAtIso, models, state }) => ({
    value: id,
    about: `${startedAtIso.slice(0, 16).replace('T', ' ')} ${state}, ${models.join(', ')}`,
  }));
}
