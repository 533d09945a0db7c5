import type { ProviderEntry } from '../model/provider-entry.ts';
import { toProviderEntry } from './entry.ts';
import { checkRegistry } from './entry-schema.ts';
import { isPlain } from './field-checks.ts';
import type { Problem } from './problems.ts';

/**
 * A target that is written where it is used, and not in a file of providers: the fields of a provider, with its name among them. Paths
 * of problems begin at the target itself.
 */
export function readInlineTarget(value: unknown): ProviderEntry | readonly Problem[] {
  if (!isPlain(value)) return [{ path: [], text: 'must be the name of a model, or a table with name and model' }];
  const { name, ...fields } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name.trim() === '')
    return [{ path: ['name'], text: 'is missing: what reports call the provider' }];
  const checked = checkRegistry({ providers: { [name]: fields } });
  if (!('providers' in checked)) return checked.map(withoutPlace);
  const problems: Problem[] = [];
  const entry = toProviderEntry(name, checked.providers[name] ?? {}, problems);
  return problems.length > 0 ? problems.map(withoutPlace) : entry;
}

/** Providers stand two levels deep in their file. */
function withoutPlace({ path, text }: Problem): Problem {
  return { path: path.slice(2), text };
}
