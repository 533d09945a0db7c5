import { AppError } from '../errors.ts';
import type { Run } from '../model/run.ts';
import type { AppContext } from './context.ts';

/** A stored run as it was planned, without its records. Rejects with RUN_NOT_FOUND or STORE_*. */
export async function loadRun(context: AppContext, db: string, id: string): Promise<Run> {
  const store = await context.openStore(db, 'read');
  try {
    const stored = await store.findRun(id);
    if (stored === undefined) throw new AppError('RUN_NOT_FOUND', { id, db: store.location });
    return stored.run;
  } finally {
    await store.close();
  }
}
