/** The server's own process at the other end of a connection, and what became of its work. */
import type { ClientBase } from 'pg';
import type { Connection } from './connection.ts';
import { PassingFailure } from './failure.ts';
import { execute, openQuery } from './session.ts';

/**
 * Ends what the server still runs for a connection that was lost on the way: until then it holds the claims, and may be about to
 * commit. Rejects with a failure that passes while it is not gone.
 */
export async function endBackend(client: ClientBase, { backendId, backendStart }: Connection): Promise<void> {
  const query = openQuery(client);
  const same =
    'FROM pg_stat_activity WHERE pid = CAST(? AS integer) AND CAST(extract(epoch FROM backend_start) AS text) = ?';
  const found = await query(`SELECT pg_terminate_backend(pid) AS is_told ${same}`, [String(backendId), backendStart]);
  if (found.length === 0) return;
  for (let tries = 0; tries < TRIES; tries++) {
    if ((await query(`SELECT pid ${same}`, [String(backendId), backendStart])).length === 0) return;
    await execute(client, 'SELECT pg_sleep(0.02)');
  }
  throw new PassingFailure('the server is still at work for the connection that was lost');
}

const TRIES = 50;

/** Whether a transaction, whose backend is gone, was committed. */
export async function wasCommitted(client: ClientBase, transactionId: string): Promise<boolean> {
  const [row] = await openQuery(client)('SELECT txid_status(CAST(? AS bigint)) AS status', [transactionId]);
  return row?.['status'] === 'committed';
}
