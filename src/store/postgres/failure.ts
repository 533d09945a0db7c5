import { SqlFailure } from '../sql-database.ts';

/** The store's failure for whatever the driver said. It never names a password. */
export function toSqlFailure(error: unknown): SqlFailure {
  if (error instanceof SqlFailure) return error;
  return new SqlFailure(REASONS[codeOf(error) ?? ''] ?? messageOf(error), { cause: error });
}

/** SQLSTATE of a server, or the system's word for a connection that failed. */
export function codeOf(error: unknown): string | undefined {
  // A name with several addresses, none of which answered.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether another try at once may fare better: the server broke off, or is about to be there. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error) ?? '') || /^Connection terminated/.test(messageOf(error));
}

const PASSING: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', '57P01', '57P02', '57P03']);

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // The driver's own words for a server that is gone.
  if (/^Connection terminated|not queryable/.test(message)) return 'the connection to the server was lost';
  return message.replaceAll(/\s+/g, ' ') || 'the server did not say why';
}

const LOST = 'the connection to the server was lost';

const REASONS: { readonly [code: string]: string } = {
  ECONNREFUSED: 'no server listens there',
  ECONNRESET: LOST,
  EPIPE: LOST,
  ENOTFOUND: 'there is no host of that name',
  ETIMEDOUT: 'the server does not answer',
  '23503': 'the run is gone: somebody has removed it',
  '23505': 'the run holds that row already',
  '28P01': 'the server refuses the user or the password',
  '53100': 'the disk of the server is full',
  '57P01': LOST,
  '57P02': LOST,
  '57P03': 'the server is starting or stopping',
};
