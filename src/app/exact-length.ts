import { AppError } from '../errors.ts';
import type { Credentials, ExactLength, Target } from '../model/target.ts';
import { describeSupport } from '../providers/describe-support.ts';
import { get } from '../wire/get.ts';
import { createHttpClient } from '../wire/http.ts';
import type { Surroundings } from './address/target-options.ts';
import { readProxyRules } from './proxies.ts';

/** What a question to a server needs. */
type Asking = Pick<Surroundings, 'clock' | 'environment' | 'isRehearsal'>;

/** A target, and what it is called with. */
interface Addressed {
  readonly target: Target;
  readonly credentials: Credentials;
}

/** Servers by what `/models` says who owns a model, and what makes their answers as long as their limit. */
const OWNERS: Readonly<Record<string, ExactLength>> = {
  vllm: 'ignore-eos-and-minimum',
  sglang: 'ignore-eos-and-minimum',
  llamacpp: 'ignore-eos',
};

const OPENAI_ROUTES: ReadonlySet<string> = new Set(['openai-chat', 'openai-completions']);

/**
 * The targets with what makes their answers exactly as long as their limit. What a target takes is known by its family; an endpoint that speaks
 * as OpenAI does and is nobody we know is asked what it is, by one GET of its models. Rejects with OUTPUT_LENGTH_UNSUPPORTED for the first
 * that cannot.
 */
export async function withExactLength(
  addressed: readonly Addressed[],
  surroundings: Asking,
): Promise<readonly Target[]> {
  const found: Target[] = [];
  for (const { target, credentials } of addressed) {
    const exactLength = knownOf(target) ?? (await askedOf(target, credentials, surroundings));
    found.push({ ...target, profile: { ...target.profile, exactLength } });
  }
  return found;
}

/** Undefined: only the server can tell. */
function knownOf(target: Target): ExactLength | undefined {
  const { prefix, baseModel } = target.profile;
  const support = describeSupport({
    prefix,
    dialect: target.dialect,
    model: baseModel ?? target.model,
    maxTokensName: undefined,
    capabilities: undefined,
  });
  const statusOf = (name: string): string | undefined => support.find(({ parameter }) => parameter === name)?.status;
  if (statusOf('ignore_eos') === 'supported') {
    return statusOf('min_tokens') === 'supported' ? 'ignore-eos-and-minimum' : 'ignore-eos';
  }
  if (statusOf('ignore_eos') === 'refused' || !OPENAI_ROUTES.has(target.dialect))
    throw unsupported(target, 'this API has no such option');
  return undefined;
}

function unsupported({ provider, model }: Target, reason: string): AppError {
  return new AppError('OUTPUT_LENGTH_UNSUPPORTED', { model: `${provider} ${model}`, reason });
}

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1_000_000;

async function askedOf(
  target: Target,
  credentials: Credentials,
  { clock, environment, isRehearsal }: Asking,
): Promise<ExactLength> {
  if (isRehearsal) return 'ignore-eos-and-minimum';
  const client = createHttpClient(clock, readProxyRules(environment));
  try {
    const answer = await get(client, clock, {
      url: `${target.url.replace(/\/(chat\/)?completions$/, '')}/models${credentials.query}`,
      headers: {
        accept: 'application/json',
        ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
        ...credentials.headers,
      },
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    const owner = answer.kind === 'answer' ? ownerOf(answer.body) : undefined;
    const exactLength = owner === undefined ? undefined : OWNERS[owner.toLowerCase()];
    if (exactLength !== undefined) return exactLength;
    const seen = owner === undefined ? 'it does not say what it is' : `its models are owned by "${owner.slice(0, 40)}"`;
    throw unsupported(target, `${seen}, and only vLLM, SGLang and llama.cpp are known to have the option`);
  } finally {
    client.close();
  }
}

function ownerOf(body: string): string | undefined {
  try {
    const { data } = JSON.parse(body) as { readonly data?: readonly { readonly owned_by?: unknown }[] };
    const owner = data?.[0]?.owned_by;
    return typeof owner === 'string' ? owner : undefined;
  } catch {
    return undefined; // A page of something else.
  }
}
