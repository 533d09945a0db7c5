import type { HttpRequest } from '../../model/exchange.ts';
import type { EncodeInput } from '../dialect.ts';
import { asObject, asText, parseObject } from '../json.ts';

/**
 * The request for the stream of a prediction that was just made: `GET urls.stream`. Undefined when there is nothing to follow, or
 * nowhere to go: only the host that the user named, and Replicate's own, are asked.
 */
export function follow(answer: string, input: EncodeInput): HttpRequest | undefined {
  const prediction = parseObject(answer);
  if (typeof prediction === 'string' || ENDED.has(String(prediction['status']))) return undefined;
  const address = asText(asObject(prediction['urls'])?.['stream']);
  const named = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  const trust = named === undefined ? 'none' : trustIn(named, new URL(input.target.url));
  if (named === undefined || trust === 'none') return undefined;
  const { credentials, userAgent } = input;
  const key: HttpRequest['headers'] =
    credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` };
  return {
    method: 'GET',
    url: named.href,
    headers: {
      accept: 'text/event-stream',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'cache-control': 'no-store',
      'user-agent': userAgent,
      ...(trust === 'all' ? { ...key, ...credentials.headers } : {}),
    },
    body: undefined,
  };
}

const ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'canceled', 'aborted']);

/**
 * How far the address that an answer named may be trusted. `all`: with the key and the user's headers, which is where they were sent
 * before, or another host of Replicate's when that was one. `bare`: Replicate's, but the user asked a gateway, whose key is
 * none of its business. `none`: anywhere else.
 */
function trustIn(named: URL, asked: URL): 'all' | 'bare' | 'none' {
  if (named.username !== '' || named.password !== '') return 'none';
  if (named.origin === asked.origin) return 'all';
  if (!isReplicates(named)) return 'none';
  return isReplicates(asked) ? 'all' : 'bare';
}

function isReplicates({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && /(^|\.)replicate\.com$/.test(hostname);
}
