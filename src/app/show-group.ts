import { AppError } from '../errors.ts';
import type { AppContext } from './context.ts';
import { loadResult, type RunResult } from './result.ts';

export interface ShowGroupInput {
  readonly db: string;
  /** Undefined: the group with the newest run. */
  readonly groupId: string | undefined;
  readonly withRecords: (kind: 'sweep' | 'search') => boolean;
}

/** The runs of a sweep or a search, in the order of their steps. Rejects with GROUP_NOT_FOUND or STORE_*. */
export async function showGroup(context: AppContext, input: ShowGroupInput): Promise<readonly RunResult[]> {
  const store = await context.openStore(input.db, 'read');
  try {
    const ids = await store.findGroup(input.groupId);
    const results: RunResult[] = [];
    for (const id of ids) {
      const kind = (await store.findRun(id))?.run.group?.kind;
      const result = kind && (await loadResult(store, id, { withRecords: input.withRecords(kind) }));
      // A run may be removed meanwhile.
      if (result !== undefined) results.push(result);
    }
    if (results.length === 0) {
      throw new AppError('GROUP_NOT_FOUND', { what: input.groupId ?? 'sweep or search', db: store.location });
    }
    return results.toSorted((a, b) => (a.run.group?.step ?? 0) - (b.run.group?.step ?? 0));
  } finally {
    await store.close();
  }
}
