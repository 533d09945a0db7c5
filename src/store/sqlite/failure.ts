import { SqlFailure } from '../sql-database.ts';

/** SQLite's own number of an error; undefined when it is somebody else's. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return undefined;
  // The higher bytes only say where it came about.
  return error.errcode & 0xff;
}

export const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/** The store's failure for what SQLite said; a bug is given back as it is. */
export function toSqlFailure(error: unknown): unknown {
  const code = sqliteCodeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const reason = REASONS[code] ?? error.message.replaceAll(/\s+/g, ' ');
  return new SqlFailure(reason, { cause: error });
}

/** How long a statement waits for another process to finish its own. */
export const BUSY_TIMEOUT_MS = 5_000;

const REASONS: { readonly [code: number]: string } = {
  [SQLITE_BUSY]: `another process has been writing for ${BUSY_TIMEOUT_MS / 1_000} s`,
  [SQLITE_LOCKED]: 'another connection of this process is writing',
  8: 'it may not be written to',
  10: 'the disk could not be read or written',
  11: 'the file is damaged',
  13: 'the disk is full',
  19: 'the run is gone: somebody has removed it, or it is there already',
  26: 'it is not an SQLite file',
};
