import type { DialectId } from '../model/target.ts';

/** How to reach one kind of model. In texts, `{name}` stands for a placeholder, and `{model}` for the model's name. */
export interface ProviderWay {
  /** Undefined: the user has to give one. */
  readonly baseUrl?: string | undefined;
  /** Follows the base URL, as far as that does not end so already. */
  readonly path?: string | undefined;
  /** A value that ends in `?}` may stay unknown: then its name is left out. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** By lower-case name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Fields of the request's body; one whose placeholder is unknown is left out. */
  readonly body?: Readonly<Record<string, string>> | undefined;
  /** What is sent as the model's name, where that is not what the user wrote. */
  readonly model?: string | undefined;
  /** What prices and limits know the model as, where that is not what the user wrote. */
  readonly baseModel?: string | undefined;
  /** The name is the user's own and says nothing of the model behind it. */
  readonly isDeployment?: boolean | undefined;
  /**
   * Where a key goes. `native` (the default): where the dialect itself puts one; `bearer`; `header:NAME[:SCHEME]`: into that
   * header, after a word such as `ZenApiKey`; `snowflake`: a bearer token, with a second header that tells a `pat/…` from a JWT;
   * `ibm-iam`, `gigachat`, `databricks` (the secret of a service principal): traded for a token; `aws-sigv4:SERVICE`: requests are
   * signed; `google`: application default credentials; `none`.
   */
  readonly auth?: string | undefined;
  /** Variables that may hold the key, in order. */
  readonly keyVariables?: readonly string[] | undefined;
  /** Other ways to authenticate, taken when one of their variables is set and none of the first. */
  readonly otherAuth?: readonly OtherAuth[] | undefined;
  /** Placeholders of which one must be known; the first that is known counts. */
  readonly needsOneOf?: readonly string[] | undefined;
  /** False where nobody has looked it up; true when undefined. */
  readonly verified?: boolean | undefined;
  readonly note?: string | undefined;
  /** Why it cannot be measured, and what can be done instead. Both or none. */
  readonly unsupported?: string | undefined;
  readonly wayAround?: string | undefined;
}

export interface OtherAuth {
  readonly auth: string;
  readonly keyVariables: readonly string[];
}

/** Lays its fields over those of its row, for some names or some base URLs. */
export interface ProviderRoute extends ProviderWay {
  readonly dialect?: DialectId | undefined;
  /** Pattern of the names it is for; a named group fills the placeholder of that name, `model` included. */
  readonly models?: string | undefined;
  /** Pattern of the base URLs it is for. */
  readonly base?: string | undefined;
}

/** What fills a placeholder. */
export interface PlaceholderSource {
  /** The option that comes before the variables. */
  readonly option?: 'region' | 'project' | 'apiVersion' | undefined;
  /** In order. */
  readonly variables: readonly string[];
  readonly default?: string | undefined;
}

/** Families of the list that the built-in catalog began with. */
export const FAMILIES = [
  'oai',
  'oai-local',
  'oai+',
  'oai-text',
  'anthropic',
  'gemini',
  'vertex',
  'bedrock',
  'sagemaker',
  'cohere',
  'ollama',
  'watsonx',
  'tgi',
  'replicate',
  'triton',
  'oci',
  'other',
] as const;

/** One provider. The same for our rows and for a user's. */
export interface ProviderRow extends ProviderWay {
  /** At least one; the first stands for the provider. */
  readonly prefixes: readonly string[];
  readonly family: (typeof FAMILIES)[number];
  /** What it speaks. */
  readonly dialect: DialectId;
  /** Works without a key too, as servers at home do. */
  readonly isKeyOptional: boolean;
  /** Headers that carry the key besides. */
  readonly alsoKeyHeaders: readonly string[];
  /** Variables that may hold the base URL, in order. */
  readonly baseVariables: readonly string[];
  /** Shown to a user who has to give a base URL. */
  readonly exampleBaseUrl?: string | undefined;
  /** Other base URLs of the same provider: a target at one of them is this provider's. */
  readonly otherBaseUrls: readonly string[];
  /** Pattern of what is cut off the end of a given base URL. */
  readonly trimBase?: string | undefined;
  /** By name. `{locationPrefix}` and `{awsDomain}` follow from `location` and `region`. */
  readonly placeholders: Readonly<Record<string, PlaceholderSource | undefined>>;
  /** Patterns of names that belong to this provider though they have no prefix. */
  readonly names: readonly string[];
  /** The first that fits counts. */
  readonly routes: readonly ProviderRoute[];
  /** What the length limit is called in the row's own dialect. */
  readonly maxTokensName?: string | undefined;
  readonly genaiPricesId?: string | undefined;
  readonly modelsDevId?: string | undefined;
  /** Other names that people know it by; only for suggestions. */
  readonly knownAs: readonly string[];
  /** Where the row's facts were read. */
  readonly source?: string | undefined;
}
