import { AppError } from '../../errors.ts';

/** The URL without its password, wherever it stands in it; for messages. */
export function maskPassword(url: string): string {
  if (!URL.canParse(url)) return url.replace(/^([^:]*:\/\/).*@/s, '$1***@');
  const masked = new URL(url);
  if (masked.password !== '') masked.password = '***';
  for (const name of ['password', 'sslpassword']) {
    if (masked.searchParams.has(name)) masked.searchParams.set(name, '***');
  }
  return masked.href;
}

const PATIENCE_S = 60;

/** How long a server that is lost amid a run is waited for, which is ours to know, and the URL without that. */
export function takePatience(given: string): { readonly url: string; readonly patienceMs: number } {
  const name = 'reconnect_timeout';
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const seconds = url?.searchParams.get(name) ?? undefined;
  if (url === undefined || seconds === undefined) return { url: given, patienceMs: PATIENCE_S * 1_000 };
  url.searchParams.delete(name);
  if (/^\d{1,6}$/.test(seconds)) return { url: url.href, patienceMs: Number(seconds) * 1_000 };
  const problem = `reconnect_timeout=${seconds} is no number of seconds, such as 60`;
  throw new AppError('FLAG_INVALID', { flag: '--db', problem, command: 'run' });
}
