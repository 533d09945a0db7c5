import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { DialectId } from '../../model/target.ts';
import { findKey } from '../../providers/auth.ts';
import { type AuthenticateInput, type Authentication, authenticate } from '../../providers/authenticate.ts';
import type { Auth } from '../../providers/resolution.ts';
import { expandReferences } from '../../providers/secrets.ts';
import type { RenewedCredentials } from '../renew-credentials.ts';
import type { ReachContext, Reached } from './reach.ts';
import type { Wish } from './wishes.ts';

/** Of a user who names no other. */
const OWN_VARIABLE = 'LLM_BENCH_API_KEY';

/**
 * The key of a target: the flag, the provider's own variable, the catalog's variables, `LLM_BENCH_API_KEY`. Headers from the least
 * to the most specific: the catalog's, those that carry a key, the provider's own, the flags'. Rejects with KEY_MISSING or
 * KEY_UNAVAILABLE.
 */
export async function findCredentials(
  wish: Wish,
  reached: Reached,
  { options, environment, clock }: ReachContext & { readonly clock: Pick<Clock, 'epochMs'> },
): Promise<RenewedCredentials> {
  const own = ownHeaders(wish, environment);
  const input: AuthenticateInput = {
    model: wish.entry.model,
    ways: waysOf(reached),
    givenKey: givenKey(wish, options),
    ownHeaders: Object.keys({ ...reached.headers, ...own, ...options.headers }),
    url: reached.url,
    environment,
    clock,
  };
  const laidOver = ({ credentials, renewal }: Authentication): RenewedCredentials => ({
    credentials: {
      ...credentials,
      headers: { ...reached.headers, ...credentials.headers, ...own, ...options.headers },
      query: reached.query,
    },
    renewal:
      renewal === undefined
        ? undefined
        : { expiresAtMs: renewal.expiresAtMs, fetch: async () => laidOver(await renewal.fetch()) },
  });
  return laidOver(await authenticate(input));
}

/** What a run would miss: for who only plans one. */
export function keyNotes(wish: Wish, reached: Reached, { options, environment }: ReachContext): readonly string[] {
  const found = findKey(waysOf(reached), givenKey(wish, options), environment);
  return found.kind === 'missing'
    ? [`${wish.entry.model}: a run needs a key; set ${[...new Set(found.variables)].join(' or ')}`]
    : [];
}

function givenKey({ entry, key }: Wish, { apiKey }: ReachContext['options']): string | undefined {
  return apiKey ?? (entry.apiKeyEnv === undefined ? key : `os.environ/${entry.apiKeyEnv}`);
}

function waysOf({ auth, dialect }: Reached): readonly Auth[] {
  if (auth === undefined) return [nobodys(dialect)];
  return auth.map((way) =>
    'keyVariables' in way ? { ...way, keyVariables: [...way.keyVariables, OWN_VARIABLE] } : way,
  );
}

/** Of an endpoint that is nobody's: a key goes where its family looks for one, and no family is sent another's. */
function nobodys(dialect: DialectId): Auth {
  const family = FAMILY_VARIABLES[dialect];
  return {
    strategy: 'native',
    header: undefined,
    scheme: undefined,
    alsoHeaders: [],
    keyVariables: [OWN_VARIABLE, ...(family === undefined ? [] : [family])],
    isOptional: true,
  };
}

const FAMILY_VARIABLES: Readonly<Partial<Record<DialectId, string>>> = {
  'openai-chat': 'OPENAI_API_KEY',
  'openai-completions': 'OPENAI_API_KEY',
  'openai-responses': 'OPENAI_API_KEY',
  'anthropic-messages': 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
  cohere: 'COHERE_API_KEY',
};

/** Those of the provider's own entry, with the values of the variables that they name. */
function ownHeaders(
  { entry, provider }: Wish,
  environment: ReachContext['environment'],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(entry.extraHeaders).map(([name, value]) => {
      const expanded = expandReferences(value, environment);
      if (expanded.kind === 'expanded') return [name.toLowerCase(), expanded.text];
      const hint = `set ${expanded.variable}, which extra_headers.${name} of ${provider ?? entry.model} names`;
      throw new AppError('KEY_MISSING', { model: entry.model, hint });
    }),
  );
}
