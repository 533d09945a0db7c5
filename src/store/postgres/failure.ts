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

/** What a little later may be otherwise. */
export class PassingFailure extends SqlFailure {}

/** Whether another try may fare better: the server broke off, or is about to be there. */
export function isPassing(error: unknown): boolean {
  if (error instanceof PassingFailure) return true;
  const cause = error instanceof SqlFailure ? error.cause : error;
  const code = codeOf(cause) ?? '';
  return PASSING.has(code) || /^08/.test(code) || LOST_WORDS.test(cause instanceof Error ? cause.message : '');
}

const PASSING: ReadonlySet<string> = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['53300', '57P01', '57P02', '57P03', '57P05'],
]);

/** The driver's own words for a server that is gone, or does not answer. */
const LOST_WORDS = /^Connection terminated|not queryable|^Query read timeout|^timeout expired/;

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (LOST_WORDS.test(message)) return LOST;
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
