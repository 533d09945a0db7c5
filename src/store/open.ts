import { createMemoryStore } from './memory.ts';
import type { Store } from './store.ts';

/**
 * Opens the store of a location: `memory:`, or the path of a DuckDB file. `write` creates what is missing; `read` lets several
 * processes look at the same time. The adapter is loaded only now, so that a command without a store does not pay for it.
 * Rejects with STORE_NOT_FOUND, STORE_LOCKED, STORE_UNREADABLE or STORE_TOO_NEW.
 */
export async function openStore(location: string, mode: 'write' | 'read'): Promise<Store> {
  if (location === 'memory:') return createMemoryStore();
  const { openDuckDbStore } = await import('./duckdb/duckdb-store.ts');
  return openDuckDbStore(location, mode);
}
