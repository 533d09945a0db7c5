import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import { DIALECT_IDS } from '../../model/target.ts';
import { type DiscoverInput, discover } from '../../providers/discover.ts';
import { expandReferences } from '../../providers/secrets.ts';
import { get } from '../../wire/get.ts';
import { createHttpClient } from '../../wire/http.ts';
import { dialectOfPath } from '../guess-dialect.ts';
import { readProxyRules } from '../proxies.ts';
import { asEndpoint, isKnownHost, type ReachContext, readEndpoint, saidDialect } from './reach.ts';
import type { Wish } from './wishes.ts';

/** Servers on the way up take their time; what is not there says so at once. */
const TIMEOUT_MS = 5_000;
/** Lists of models of large gateways have a megabyte or two. */
const MAX_BYTES = 8_000_000;

/**
 * For endpoints of which only the host was named: asks what speaks there, by GETs that generate and cost nothing. Others stay as they
 * are, for a path or `--dialect` says enough. Rejects with ENDPOINT_UNKNOWN where nothing that is known answers.
 */
export async function findSpeakers(
  wishes: readonly Wish[],
  context: ReachContext,
  clock: Clock,
): Promise<readonly Wish[]> {
  const client = createHttpClient(clock, readProxyRules(context.environment));
  const ask: DiscoverInput['get'] = (url, headers) =>
    get(client, clock, { url, headers, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  try {
    const found: Wish[] = [];
    for (const wish of wishes) found.push(await findSpeaker(wish, context, ask));
    return found;
  } finally {
    client.close();
  }
}

async function findSpeaker(given: Wish, context: ReachContext, ask: DiscoverInput['get']): Promise<Wish> {
  const { options, environment } = context;
  const wish = asEndpoint(given, context);
  if (wish.place.kind !== 'endpoint' || saidDialect(wish, options) !== undefined) return wish;
  const { url, query, headers, host } = readEndpoint(wish.place.url);
  const { pathname } = new URL(url);
  if (pathname !== '/' || dialectOfPath(pathname) !== undefined || isKnownHost(url, context)) return wish;
  const found = await discover({
    url,
    query,
    headers: { ...headers, ...ownHeaders(wish, environment), ...options.headers },
    apiKey: options.apiKey ?? environment(wish.entry.apiKeyEnv ?? 'LLM_BENCH_API_KEY') ?? wish.key,
    dialect: undefined,
    get: ask,
  });
  // Nothing there is what the run itself will find, and record.
  if (found.kind === 'unreachable') return wish;
  const [speaks] = found.kind === 'found' ? found.finding.speaks : [];
  const dialect = DIALECT_IDS.find((id) => id === speaks?.dialect);
  if (speaks === undefined || dialect === undefined) throw new AppError('ENDPOINT_UNKNOWN', { host });
  return {
    ...wish,
    // The host stays the provider's name, and the query with its secrets where it was.
    provider: wish.provider ?? host,
    place: { kind: 'endpoint', url: `${speaks.url}${query}` },
    entry: { ...wish.entry, dialect, extraHeaders: { ...headers, ...wish.entry.extraHeaders } },
  };
}

/** Those whose variables are set; that others are missing is said when they are needed. */
function ownHeaders({ entry }: Wish, environment: ReachContext['environment']): Readonly<Record<string, string>> {
  const known = Object.entries(entry.extraHeaders).flatMap(([name, value]) => {
    const expanded = expandReferences(value, environment);
    return expanded.kind === 'expanded' ? [[name.toLowerCase(), expanded.text]] : [];
  });
  return Object.fromEntries(known);
}
