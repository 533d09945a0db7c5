import { z } from 'zod';
import builtInRows from './catalog.json' with { type: 'json' };
import type { ProviderRow } from './provider-row.ts';
import { providerRowSchema } from './provider-row-schema.ts';

/** Rows in order of authority: a user's, then ours. */
export interface Catalog {
  readonly rows: readonly ProviderRow[];
  /** Prefixes know capital letters from small ones. */
  readonly byPrefix: ReadonlyMap<string, ProviderRow>;
}

let builtIn: Catalog | undefined;

/** A prefix of a user's row is no longer ours. Our own rows are read once, and not before they are needed. */
export function openCatalog(userRows: readonly ProviderRow[] = []): Catalog {
  builtIn ??= index(z.array(providerRowSchema).parse(builtInRows));
  return userRows.length === 0 ? builtIn : index([...userRows, ...builtIn.rows]);
}

function index(rows: readonly ProviderRow[]): Catalog {
  const byPrefix = new Map<string, ProviderRow>();
  for (const row of rows) {
    for (const prefix of row.prefixes) if (!byPrefix.has(prefix)) byPrefix.set(prefix, row);
  }
  return { rows, byPrefix };
}
