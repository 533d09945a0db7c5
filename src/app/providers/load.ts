import { AppError } from '../../errors.ts';
import type { ProviderEntry } from '../../model/provider-entry.ts';
import { nearest } from '../../providers/nearest.ts';
import { findProvidersFile, LOCAL_FILE, readProviders } from '../../providers/read-providers.ts';
import type { ProvidersFile } from '../../providers/registry-file.ts';

/** Where providers are configured. */
export interface RegistryPlace {
  /** Named by the user, by a flag or `LLM_BENCH_CONFIG`; undefined: wherever it usually is. */
  readonly config: string | undefined;
  /** The user's own, for all folders. */
  readonly userConfig: string;
}

/** All that is configured. Rejects with NO_PROVIDERS when no file is there or it has none, FILE_UNREADABLE or FILE_MALFORMED. */
export async function loadProviders({ config, userConfig }: RegistryPlace): Promise<ProvidersFile> {
  const file = await findProvidersFile({ named: config, userConfig });
  if (file === undefined) {
    const reason = `there is neither ${LOCAL_FILE} here nor ${userConfig}`;
    throw new AppError('NO_PROVIDERS', { reason });
  }
  const found = await readProviders(file);
  if (found.providers.length === 0) throw new AppError('NO_PROVIDERS', { reason: `there is none in ${file}` });
  return found;
}

/** Throws PROVIDER_NOT_CONFIGURED, with the names that may have been meant. */
export function findProvider({ file, providers }: ProvidersFile, name: string): ProviderEntry {
  const found = providers.find((provider) => provider.name === name);
  if (found !== undefined) return found;
  const names = providers.map((provider) => provider.name);
  const meant = nearest(name, names, 3);
  const hint = meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : `there ${listed(names)}`;
  throw new AppError('PROVIDER_NOT_CONFIGURED', { name, file, hint });
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'is none at all';
  return `${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`;
}
