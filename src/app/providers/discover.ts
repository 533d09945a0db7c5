import { createClock, takeOrigin } from '../../clock.ts';
import { secretsOf } from '../../engine/secrets.ts';
import { AppError } from '../../errors.ts';
import type { ModelEntry } from '../../model/provider-entry.ts';
import { type Credentials, type DialectId, NO_CREDENTIALS } from '../../model/target.ts';
import { authenticate } from '../../providers/authenticate.ts';
import { openCatalog } from '../../providers/catalog.ts';
import { type Discovery, discover } from '../../providers/discover.ts';
import { get } from '../../wire/get.ts';
import { createHttpClient } from '../../wire/http.ts';
import { createSanitizer } from '../../wire/sanitize.ts';
import { addressWishes } from '../address/address-targets.ts';
import { type Reached, reach } from '../address/reach.ts';
import { NOTHING_SAID, type Surroundings } from '../address/target-options.ts';
import { NO_ENTRY, wishesFor } from '../address/wishes.ts';
import type { AppContext } from '../context.ts';
import { dialectOfPath } from '../guess-dialect.ts';
import { findProvider, loadProviders, type RegistryPlace } from './load.ts';

/** What speaks at one address. */
export interface DiscoveredEndpoint {
  /** What the user calls it; undefined: it is no configured provider's. */
  readonly provider: string | undefined;
  /** Without user, password or query. */
  readonly url: string;
  readonly discovery: Discovery;
}

export interface EndpointInput {
  readonly url: string;
  /** The key itself. A secret. */
  readonly apiKey: string | undefined;
  /** By lower-case name. Secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly dialect: DialectId | undefined;
}

/** For each page. */
const TIMEOUT_MS = 5_000;
/** The longest lists of gateways have some thousand models. */
const MAX_BYTES = 16_777_216;
const OWN_VARIABLE = 'LLM_BENCH_API_KEY';

/** Asks any URL. A key goes to nobody but whom it is known to be for: the flag's, our own, and that of a host that is known. */
export async function discoverEndpoint(
  context: AppContext,
  { url, apiKey, headers, dialect }: EndpointInput,
  surroundings: Surroundings,
): Promise<DiscoveredEndpoint> {
  const { environment } = surroundings;
  const entry: ModelEntry = { ...NO_ENTRY, model: 'unknown', dialect };
  const wish = { provider: undefined, place: { kind: 'endpoint', url }, entry, key: undefined } as const;
  const reached = reach(wish, { options: NOTHING_SAID, catalog: openCatalog([]), environment });
  const credentials = await credentialsOf(reached, { apiKey, headers }, surroundings);
  const told = dialect ?? (reached.row === undefined ? dialectOfPath(pathOf(reached.url)) : reached.dialect);
  return ask(context, {
    provider: undefined,
    url: reached.url,
    dialect: told,
    credentials: {
      ...credentials,
      headers: { ...reached.headers, ...credentials.headers, ...headers },
      query: reached.query,
    },
  });
}

/** Each address of a configured provider. Rejects with what `loadProviders` and `addressWishes` throw. */
export async function discoverProvider(
  context: AppContext,
  { name, ...place }: RegistryPlace & { readonly name: string },
  surroundings: Surroundings,
): Promise<readonly DiscoveredEndpoint[]> {
  const found = await loadProviders(place);
  const provider = findProvider(found, name);
  const wishes = wishesFor(provider, { defaults: found.defaults, key: found.keys.get(name) });
  const addressed = await addressWishes(wishes, NOTHING_SAID, surroundings);
  const byUrl = new Map(addressed.toReversed().map((one) => [one.target.url, one]));
  const endpoints: DiscoveredEndpoint[] = [];
  for (const { target, credentials } of [...byUrl.values()].toReversed()) {
    endpoints.push(await ask(context, { provider: name, url: target.url, dialect: target.dialect, credentials }));
  }
  return endpoints;
}

/** A host that is known takes its key as the catalog says; another one, however its family does. */
async function credentialsOf(
  { auth, url }: Reached,
  { apiKey, headers }: Pick<EndpointInput, 'apiKey' | 'headers'>,
  { environment, clock }: Surroundings,
): Promise<Credentials> {
  const own = { ...NO_CREDENTIALS, apiKey: apiKey ?? environment(OWN_VARIABLE) };
  if (auth === undefined) return own;
  try {
    const input = {
      model: url,
      ways: auth,
      givenKey: apiKey,
      ownHeaders: Object.keys(headers),
      url,
      environment,
      clock,
    };
    return { ...NO_CREDENTIALS, ...(await authenticate(input)).credentials };
  } catch (error) {
    // What speaks there shows without a key too.
    if (error instanceof AppError && error.code === 'KEY_MISSING') return own;
    throw error;
  }
}

interface Addressed {
  readonly provider: string | undefined;
  readonly url: string;
  readonly dialect: string | undefined;
  readonly credentials: Credentials;
}

async function ask(
  context: AppContext,
  { provider, url, dialect, credentials }: Addressed,
): Promise<DiscoveredEndpoint> {
  const clock = createClock(takeOrigin());
  const client = createHttpClient(clock, context.proxies());
  const { line } = createSanitizer([...secretsOf(credentials)]);
  const { apiKey, query } = credentials;
  const headers = { accept: 'application/json', 'user-agent': `llm-bench/${context.version}`, ...credentials.headers };
  try {
    const discovery = await discover({
      url,
      query,
      headers,
      apiKey,
      dialect,
      get: (page, sent) => get(client, clock, { url: page, headers: sent, timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }),
    });
    return { provider, url, discovery: cleaned(discovery, line) };
  } finally {
    client.close();
  }
}

/** Servers repeat what they were sent. */
function cleaned(discovery: Discovery, line: (text: string) => string): Discovery {
  const attempts = discovery.attempts.map((attempt) => ({ ...attempt, says: line(attempt.says) }));
  if (discovery.kind === 'unreachable') return { ...discovery, message: line(discovery.message), attempts };
  return { ...discovery, attempts };
}

function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, '');
}
