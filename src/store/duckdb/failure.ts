import { AppError } from '../../errors.ts';
import { UnreadableRow } from '../cells.ts';

/** The store's error for what DuckDB or the file system said while a file was opened. A bug is given back as it is. */
export function toOpenFailure(error: unknown, location: string): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  const details = { db: location, reason, hint: HINT };
  if (reason.includes('Could not set lock on file')) {
    const holder = /\(PID (\d+)\)/.exec(reason)?.[1];
    const named = holder === undefined ? '' : ` (process ${holder})`;
    return new AppError('STORE_LOCKED', { db: location, holder: named }, { cause: error });
  }
  // DuckDB's lock does not part two users within one process; its cache of open files does.
  if (reason.includes('same database file with a different configuration')) {
    return new AppError('STORE_LOCKED', { db: location, holder: ' (this one)' }, { cause: error });
  }
  if (/No space left|File too large|ENOSPC|EFBIG/.test(reason)) {
    return new AppError('STORE_WRITE_FAILED', details, { cause: error });
  }
  return new AppError('STORE_UNREADABLE', details, { cause: error });
}

/** The same for what was said while rows were read. */
export function toReadFailure(error: unknown, location: string): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return new AppError('STORE_UNREADABLE', { db: location, reason, hint: HINT }, { cause: error });
}

/** The same for what was said while rows were written. */
export function toWriteFailure(error: unknown, location: string): unknown {
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return new AppError('STORE_WRITE_FAILED', { db: location, reason }, { cause: error });
}

const HINT = 'is it a DuckDB file of llm-bench? Use another: --db other.duckdb; SQLite is --db sqlite:FILE';

/** One line; undefined when the error is neither DuckDB's nor the file system's. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof AppError) return undefined;
  if (error instanceof UnreadableRow) return error.message;
  if ('code' in error && typeof error.code === 'string') return FILE_REASONS[error.code] ?? error.message;
  const [firstLine = ''] = error.message.split('\n');
  // It takes a file of another database for one to attach, and then lacks the extension.
  if (/not a valid DuckDB database file|^IO Error: Extension /.test(firstLine)) return 'it is not a DuckDB file';
  return DUCKDB_KIND.test(firstLine) ? firstLine.replace(DUCKDB_KIND, '') : undefined;
}

/** DuckDB begins its messages with their kind: `IO Error: …`, `TransactionContext Error: …`. */
const DUCKDB_KIND = /^[A-Z][A-Za-z ]* Error: /;

const FILE_REASONS: { readonly [code: string]: string } = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its file system is read-only',
};
