import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { awsSigning } from './auth/aws.ts';
import { createDatabricks } from './auth/databricks.ts';
import { createGigachat } from './auth/gigachat.ts';
import { createGoogle } from './auth/google.ts';
import { createIbmIam } from './auth/ibm-iam.ts';
import { snowflakeHeaders } from './auth/snowflake.ts';
import type { Lookup, TokenSource } from './auth/token-source.ts';
import { type FoundKey, findKey } from './auth.ts';
import type { Auth, KeyAuth } from './resolution.ts';

export interface AuthenticateInput {
  /** The model as the user wrote it, for errors. */
  readonly model: string;
  /** As `resolve` gives them: best first. */
  readonly ways: readonly Auth[];
  /** A key that the user gave; undefined: it lies in a variable. */
  readonly givenKey: string | undefined;
  /** Headers that the user gave, by lower-case name: where one carries the key already, none is looked for. */
  readonly ownHeaders: readonly string[];
  /** Of the endpoint. */
  readonly url: string;
  readonly environment: Lookup;
  readonly clock: Pick<Clock, 'epochMs'>;
}

/** What requests to one target are sent with. Holds secrets. */
export interface Authentication {
  /** To be laid over the target's other headers, but under the user's own. */
  readonly credentials: Pick<Credentials, 'apiKey' | 'headers' | 'signing'>;
  /** Undefined: nothing ends. */
  readonly renewal: Renewal | undefined;
}

/** Credentials that end. */
export interface Renewal {
  /** By the wall clock. */
  readonly expiresAtMs: Milliseconds;
  /** Gets the next ones. Rejects with KEY_UNAVAILABLE. */
  fetch(): Promise<Authentication>;
}

/** Finds the key of a target, and trades it for a token where that is wanted. Rejects with KEY_MISSING or KEY_UNAVAILABLE. */
export async function authenticate(input: AuthenticateInput): Promise<Authentication> {
  const { model, ways, givenKey, environment } = input;
  const found = findKey(ways, givenKey, environment);
  if (found.kind !== 'unwanted' && !isSentItself(found) && carriesKey(input)) return NOTHING;
  switch (found.kind) {
    case 'key':
      return await withKey(found, input);
    case 'own':
      return await withOwn(found, input);
    case 'none':
      return NOTHING;
    case 'missing':
      throw new AppError('KEY_MISSING', { model, hint: hintOf(found.variables) });
    case 'unwanted': {
      const problem = 'a key was given, but nothing is sent there that could hold it';
      throw new AppError('KEY_UNAVAILABLE', { giver: model, problem, hint: 'leave the key out' });
    }
  }
}

function isSentItself(found: FoundKey): boolean {
  return found.kind === 'key' && !TRADED.has(found.auth.strategy);
}

const TRADED: ReadonlySet<KeyAuth['strategy']> = new Set(['ibm-iam', 'gigachat', 'databricks']);

/** Where keys are looked for by the dialects themselves. */
const KEY_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-api-key', 'x-goog-api-key']);

function carriesKey({ ways, ownHeaders }: AuthenticateInput): boolean {
  return ownHeaders.some((name) => KEY_HEADERS.has(name) || ways.some((way) => 'header' in way && way.header === name));
}

function hintOf(variables: readonly string[]): string {
  const names = [...new Set(variables)].join(' or ');
  return names === '' ? 'give it by --api-key' : `set ${names}, or give it by --api-key`;
}

const NO_HEADERS = { apiKey: undefined, headers: {}, signing: undefined } as const;
const NOTHING: Authentication = { credentials: NO_HEADERS, renewal: undefined };

type Found<Kind extends FoundKey['kind']> = Extract<FoundKey, { readonly kind: Kind }>;

async function withKey({ auth, key }: Found<'key'>, input: AuthenticateInput): Promise<Authentication> {
  // A line end would end its header, and all after it would be somebody else's.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const problem = 'the key holds a blank, a line end or another character that no key has';
    throw new AppError('KEY_UNAVAILABLE', { giver: input.model, problem, hint: 'copy it once more' });
  }
  const tokens = tokenSourceOf(auth, key, input);
  if (tokens !== undefined) return await withToken(tokens);
  return { credentials: { ...NO_HEADERS, ...placeKey(auth, key) }, renewal: undefined };
}

/** Undefined: the key is sent itself. */
function tokenSourceOf(
  { strategy }: KeyAuth,
  key: string,
  { environment, clock, url }: AuthenticateInput,
): TokenSource | undefined {
  if (strategy === 'ibm-iam') return createIbmIam(key, environment, clock);
  if (strategy === 'gigachat') return createGigachat(key, environment, clock);
  if (strategy === 'databricks') return createDatabricks({ secret: key, url, environment, clock });
  return undefined;
}

/** Where the provider looks for a key. */
function placeKey(auth: KeyAuth, key: string): Partial<Authentication['credentials']> {
  const copies = Object.fromEntries(auth.alsoHeaders.map((name) => [name, key]));
  if (auth.strategy === 'native') return { apiKey: key, headers: copies };
  return { headers: { ...headersOf(auth, key), ...copies } };
}

function headersOf({ strategy, header, scheme }: KeyAuth, key: string): Readonly<Record<string, string>> {
  if (strategy === 'snowflake') return snowflakeHeaders(key);
  if (strategy !== 'header' || header === undefined) return { authorization: `Bearer ${key}` };
  return { [header]: scheme === undefined ? key : `${scheme} ${key}` };
}

async function withOwn({ auth }: Found<'own'>, { environment }: AuthenticateInput): Promise<Authentication> {
  if (auth.strategy === 'none') return NOTHING;
  if (auth.strategy === 'google') return await withToken(createGoogle(environment));
  const signing = await awsSigning({ ...auth, environment });
  return { credentials: { ...NO_HEADERS, signing }, renewal: undefined };
}

async function withToken(source: TokenSource): Promise<Authentication> {
  const { token, expiresAtMs } = await source.fetch();
  return {
    credentials: { ...NO_HEADERS, headers: { authorization: `Bearer ${token}` } },
    renewal: expiresAtMs === undefined ? undefined : { expiresAtMs, fetch: () => withToken(source) },
  };
}
