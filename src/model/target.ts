import type { Adjustment } from './adjustment.ts';
import type { Parameters } from './parameters.ts';
import type { Price } from './price.ts';
import type { RestTemplate } from './rest-template.ts';
import type { Milliseconds } from './units.ts';

/** Names of the wire dialects that are built in; a new one is added here and in `dialects/registry.ts`. */
export const DIALECT_IDS = [
  'openai-chat',
  'openai-completions',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'ollama',
  'cohere',
  'tgi',
  'llamacpp',
  'bedrock-converse',
  'bedrock-invoke',
  'sagemaker-chat',
  'sagemaker-tgi',
  'triton',
  'watsonx',
  'replicate',
  'custom-rest',
] as const;

export type DialectId = (typeof DIALECT_IDS)[number];

/** What is measured: one model behind one endpoint. Holds no secret: keys and header values travel in `Credentials`. */
export interface Target {
  /** What the user calls the provider; the endpoint's host when no name was given. Groups targets. */
  readonly provider: string;
  /** Sent as is to the endpoint. */
  readonly model: string;
  /** Base URL without user, password, query values or trailing slash. */
  readonly url: string;
  readonly dialect: DialectId;
  readonly profile: TargetProfile;
}

/** What is known of a target beyond its address, as it was when the run was planned. */
export interface TargetProfile {
  /** Prefix of the provider catalog that it was resolved through (`azure`); undefined for a bare endpoint. */
  readonly prefix: string | undefined;
  /** The name that prices, limits and tokenizers go by, where it is not `model` (deployments, profiles). */
  readonly baseModel: string | undefined;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** What this target is sent; undefined: the plan's own parameters. */
  readonly parameters: Parameters | undefined;
  readonly adjustments: readonly Adjustment[];
  /** Undefined: unknown, which is not free. */
  readonly price: Price | undefined;
  /** For a whole request; undefined: the plan's. */
  readonly timeoutMs: Milliseconds | undefined;
  readonly region: string | undefined;
  readonly tier: string | undefined;
  /** How the server is told to go on to an answer's limit; undefined: it was not asked to, or cannot. */
  readonly exactLength: ExactLength | undefined;
  /** How a custom REST endpoint is asked and read; only with that dialect. */
  readonly template: RestTemplate | undefined;
}

/** `ignore-eos`: the end-of-text token does not end an answer. `and-minimum`: beside it the least number of tokens is said. */
export type ExactLength = 'ignore-eos' | 'ignore-eos-and-minimum';

export const EMPTY_PROFILE: TargetProfile = {
  prefix: undefined,
  baseModel: undefined,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  parameters: undefined,
  adjustments: [],
  price: undefined,
  timeoutMs: undefined,
  region: undefined,
  tier: undefined,
  exactLength: undefined,
  template: undefined,
};

/** The secrets needed to call one target. Lives in memory only: never stored, logged or shown. */
export interface Credentials {
  readonly apiKey: string | undefined;
  /** Extra request headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL's query string with its `?`, empty when there is none: some gateways take their key there. */
  readonly query: string;
  /** Undefined: requests go out as they are encoded. */
  readonly signing: RequestSigning | undefined;
}

/** A signature that every request gets shortly before it is sent: AWS Signature Version 4. */
export interface RequestSigning {
  readonly kind: 'aws-sigv4';
  readonly region: string;
  /** As signatures name it: `bedrock`, `sagemaker`. */
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only with keys that are lent for a time. */
  readonly sessionToken: string | undefined;
}

export const NO_CREDENTIALS: Credentials = { apiKey: undefined, headers: {}, query: '', signing: undefined };
