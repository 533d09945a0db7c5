import { guessDialect } from '../../app/guess-dialect.ts';
import { AppError } from '../../errors.ts';
import { type Credentials, type DialectId, EMPTY_PROFILE, type Target } from '../../model/target.ts';
import { invalidFlag } from './values.ts';

/** A target with the secrets to call it. */
export interface AddressedTarget {
  readonly target: Target;
  readonly credentials: Credentials;
}

export interface TargetFlags {
  /** `URL` or `name=URL`. */
  readonly endpoints: readonly string[];
  readonly models: readonly string[];
  readonly apiKey: string | undefined;
  /** Used where `apiKey` is not given. */
  readonly apiKeys: Readonly<Partial<Record<DialectId, string>>>;
  /** Undefined: told by the URL's path. */
  readonly dialect: DialectId | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Every model at every endpoint. Throws FLAG_MISSING or FLAG_INVALID. */
export function readTargets({ endpoints, models, headers, ...flags }: TargetFlags): readonly AddressedTarget[] {
  if (endpoints.length === 0) {
    throw new AppError('FLAG_MISSING', {
      flag: '--endpoint',
      hint: 'give the base URL: --endpoint http://localhost:8000/v1',
    });
  }
  if (models.length === 0) {
    throw new AppError('FLAG_MISSING', {
      flag: '--model',
      hint: 'name the model as the endpoint does: --model mistral-7b',
    });
  }
  const blank = models.find((model) => model.trim() === '');
  if (blank !== undefined) throw invalidFlag('--model', 'the name is empty');
  refuseTwinModels(models);
  const targets = endpoints.flatMap((text) => {
    const endpoint = readEndpoint(text);
    const dialect = flags.dialect ?? guessDialect(new URL(endpoint.url).pathname.replace(/\/$/, ''));
    const apiKey = checkedKey(flags.apiKey ?? flags.apiKeys[dialect]);
    return models.map((model) => ({
      target: { provider: endpoint.provider, model, url: endpoint.url, dialect, profile: EMPTY_PROFILE },
      credentials: { apiKey, headers: { ...endpoint.headers, ...headers }, query: endpoint.query, signing: undefined },
    }));
  });
  refuseTwins(targets);
  return targets;
}

interface Endpoint {
  readonly provider: string;
  readonly url: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes the secrets out of a URL: user and password become a header, the query string is kept apart. */
function readEndpoint(text: string): Endpoint {
  const [, name, address = ''] = /^(?:([\w.-]+)=)?(.*)$/s.exec(text) ?? [];
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalidFlag('--endpoint', 'this is not a URL that begins with http:// or https://');
  }
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  return {
    provider: name ?? url.host,
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

/** A line end from a file of keys would end the header, and all after it would be somebody else's. */
function checkedKey(apiKey: string | undefined): string | undefined {
  if (apiKey === undefined || /^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw invalidFlag('--api-key', 'the key is empty, or holds a blank, a line end or another character that no key has');
}

function refuseTwinModels(models: readonly string[]): void {
  const twin = models.find((model, index) => models.indexOf(model) !== index);
  if (twin !== undefined) throw invalidFlag('--model', `${twin} was given twice`);
}

function refuseTwins(targets: readonly AddressedTarget[]): void {
  const seen = new Set<string>();
  for (const { target } of targets) {
    const key = `${target.provider} ${target.model}`;
    if (seen.has(key)) {
      throw invalidFlag(
        '--endpoint',
        `${target.provider} has ${target.model} twice; name the endpoints: --endpoint a=URL`,
      );
    }
    seen.add(key);
  }
}
