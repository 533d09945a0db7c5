import { dereference } from './base-url.ts';
import { firstSet } from './placeholders.ts';
import type { ProviderRow } from './provider-row.ts';
import type { Auth, KeyAuth, ResolveOptions } from './resolution.ts';

/** Reads a way to authenticate as the catalog writes it: `native`, `header:api-key`, `aws-sigv4:bedrock`. */
export function toAuth(
  text: string,
  { keyVariables, region }: { readonly keyVariables: readonly string[]; readonly region: string | undefined },
  row: ProviderRow,
): Auth {
  const [strategy = '', detail = '', scheme] = text.split(':');
  if (strategy === 'google' || strategy === 'none') return { strategy };
  if (strategy === 'aws-sigv4') return { strategy, service: detail, region };
  return {
    strategy: strategy as KeyAuth['strategy'],
    header: strategy === 'header' ? detail : undefined,
    scheme,
    alsoHeaders: row.alsoKeyHeaders,
    keyVariables,
    isOptional: row.isKeyOptional,
  };
}

/** What a target authenticates with. Holds a secret. */
export type FoundKey =
  | { readonly kind: 'key'; readonly auth: KeyAuth; readonly key: string }
  /** Credentials come from elsewhere, or there are none to bring. */
  | { readonly kind: 'own'; readonly auth: Exclude<Auth, KeyAuth> }
  /** No key, and none is needed. */
  | { readonly kind: 'none' }
  /** Variables that were looked for, in order. */
  | { readonly kind: 'missing'; readonly variables: readonly string[] }
  /** A key was given, and there is no place for one. */
  | { readonly kind: 'unwanted' };

/**
 * The key of a target. One that the user gave (itself, or `os.environ/NAME`) comes first; then the variables of each way in
 * order.
 */
export function findKey(
  ways: readonly Auth[],
  given: string | undefined,
  environment: ResolveOptions['environment'],
): FoundKey {
  const keyed = ways.filter(takesKey);
  if (given !== undefined && given !== '') {
    const [auth] = keyed;
    if (auth === undefined) return { kind: 'unwanted' };
    const key = dereference(given, environment);
    if (key !== undefined) return { kind: 'key', auth, key };
    return { kind: 'missing', variables: [given.slice(given.indexOf('/') + 1)] };
  }
  for (const auth of keyed) {
    const set = firstSet(auth.keyVariables, environment);
    if (set !== undefined) return { kind: 'key', auth, key: set.value };
  }
  const own = ways.find((way): way is Exclude<Auth, KeyAuth> => !takesKey(way));
  if (own !== undefined) return { kind: 'own', auth: own };
  if (keyed.some(({ isOptional }) => isOptional)) return { kind: 'none' };
  return { kind: 'missing', variables: keyed.flatMap(({ keyVariables }) => keyVariables) };
}

function takesKey(way: Auth): way is KeyAuth {
  return way.strategy !== 'aws-sigv4' && way.strategy !== 'google' && way.strategy !== 'none';
}
