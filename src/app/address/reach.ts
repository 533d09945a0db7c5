import { AppError } from '../../errors.ts';
import type { DialectId } from '../../model/target.ts';
import type { Catalog } from '../../providers/catalog.ts';
import type { Auth, Resolved, ResolveOptions } from '../../providers/resolution.ts';
import { orThrow } from '../../providers/resolution-error.ts';
import { resolve } from '../../providers/resolve.ts';
import { expandReferences } from '../../providers/secrets.ts';
import { dialectOfPath } from '../guess-dialect.ts';
import { resolveAnyhow } from './stand-ins.ts';
import type { TargetOptions } from './target-options.ts';
import type { Wish } from './wishes.ts';

/** Where a wish is reached, and how: all but its secrets and settings. */
export interface Reached {
  readonly provider: string;
  readonly model: string;
  readonly url: string;
  readonly dialect: DialectId;
  /** With its `?`, or empty. May hold a key. */
  readonly query: string;
  /** By lower-case name. A login of the URL is among them: a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Best first; undefined: nobody's endpoint, which takes a key the way its dialect does. */
  readonly auth: readonly Auth[] | undefined;
  /** What the catalog knows of it; undefined for an endpoint that is nobody's. */
  readonly row: Resolved | undefined;
}

export interface ReachContext {
  readonly options: TargetOptions;
  readonly catalog: Catalog;
  readonly environment: ResolveOptions['environment'];
  /** Nothing will be sent: what only an address needs, such as a base URL or a region, may be missing. */
  readonly isOnlyTold?: boolean;
}

/** Throws PROVIDER_UNKNOWN, PROVIDER_UNSUPPORTED, PROVIDER_INCOMPLETE or FLAG_INVALID. */
export function reach(wish: Wish, context: ReachContext): Reached {
  if (wish.place.kind === 'endpoint') return reachEndpoint(wish, wish.place.url, context);
  const { entry } = wish;
  const apiBase = baseOf(wish, context);
  const asked = { ...resolveOptions(wish, context), apiBase };
  const resolution = context.isOnlyTold === true ? resolveAnyhow(entry.model, asked) : resolve(entry.model, asked);
  // A model of a gateway whose host nobody knows: its name is the gateway's own.
  if (resolution.kind === 'unknown' && apiBase !== undefined) return reachEndpoint(wish, apiBase, context);
  return ofRow(wish, orThrow(resolution), context.options);
}

/** A configured model that is nobody's but its base URL's is one of an endpoint; all others stay as they are. */
export function asEndpoint(wish: Wish, context: ReachContext): Wish {
  if (wish.place.kind === 'endpoint') return wish;
  const url = baseOf(wish, context);
  if (url === undefined) return wish;
  const { kind } = resolve(wish.entry.model, { ...resolveOptions(wish, context), apiBase: url });
  return kind === 'unknown' ? { ...wish, place: { kind: 'endpoint', url } } : wish;
}

/** The provider's own, with the values of the variables that it names, else the flag's. */
function baseOf({ entry, provider }: Wish, { options, environment }: ReachContext): string | undefined {
  if (entry.apiBase === undefined) return options.apiBase;
  const expanded = expandReferences(entry.apiBase, environment);
  if (expanded.kind === 'expanded') return expanded.text;
  const problem = `the variable ${expanded.variable} of its api_base is not set`;
  throw new AppError('PROVIDER_INCOMPLETE', {
    model: provider ?? entry.model,
    problem,
    hint: `set ${expanded.variable}`,
  });
}

function resolveOptions({ entry }: Wish, { options, catalog, environment }: ReachContext): ResolveOptions {
  return {
    environment,
    catalog,
    region: entry.region ?? options.region,
    project: entry.project ?? options.project,
    apiVersion: entry.apiVersion ?? options.apiVersion,
    baseModel: entry.baseModel ?? options.baseModel,
  };
}

function ofRow(wish: Wish, row: Resolved, options: TargetOptions): Reached {
  return {
    provider: wish.provider ?? row.prefix,
    model: row.model,
    url: row.url,
    dialect: saidDialect(wish, options) ?? row.dialect,
    query: row.query,
    headers: row.headers,
    auth: row.auth,
    row,
  };
}

/** A template is of use to one dialect only. */
export function saidDialect({ entry }: Wish, { dialect }: TargetOptions): DialectId | undefined {
  return dialect ?? entry.dialect ?? (entry.template === undefined ? undefined : 'custom-rest');
}

/** Whether the catalog knows whose endpoint it is. */
export function isKnownHost(url: string, { catalog, environment }: ReachContext): boolean {
  return resolve('any', { environment, catalog, apiBase: url, isEndpointsOwn: true }).kind !== 'unknown';
}

/** A known host brings its key and prices along; the model's name and the URL stay as they were written. */
function reachEndpoint(wish: Wish, text: string, context: ReachContext): Reached {
  const { options } = context;
  const endpoint = readEndpoint(text);
  const apiBase = `${endpoint.url}${endpoint.query}`;
  const resolution = resolve(wish.entry.model, { ...resolveOptions(wish, context), apiBase, isEndpointsOwn: true });
  const row = resolution.kind === 'resolved' ? resolution : undefined;
  const told = saidDialect(wish, options) ?? dialectOfPath(new URL(endpoint.url).pathname);
  return {
    provider: wish.provider ?? endpoint.host,
    model: wish.entry.model,
    // The row knows where its family's path begins, unless the user has said which one is meant.
    url: row === undefined || told !== undefined ? endpoint.url : row.url,
    dialect: told ?? (row === undefined ? 'openai-chat' : row.dialect),
    query: row === undefined ? endpoint.query : row.query,
    headers: { ...row?.headers, ...endpoint.headers },
    auth: row?.auth,
    row,
  };
}

interface Endpoint {
  readonly host: string;
  readonly url: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes the secrets out of a URL: user and password become a header, the query string is kept apart. */
export function readEndpoint(text: string): Endpoint {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const problem = 'this is not a URL that begins with http:// or https://';
    throw new AppError('FLAG_INVALID', { flag: '--endpoint', problem, command: 'run' });
  }
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    host: url.host,
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    query: url.search,
    headers: login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` },
  };
}

/** A bare `%` in a password stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
