import type { DialectId } from '../model/target.ts';
import type { Catalog } from './catalog.ts';

/** What a user can say besides the model string. Pure data: nothing here is looked up anywhere else. */
export interface ResolveOptions {
  /** Reads a variable of the environment. Only base URLs, regions and the like are asked for, never keys. */
  readonly environment: (name: string) => string | undefined;
  /** Base URL, or the full path of an endpoint; also `os.environ/NAME`. Comes before variables and defaults. */
  readonly apiBase?: string | undefined;
  /** The model string is the endpoint's own name for the model: no prefix is looked for in it, only the host tells whose it is. */
  readonly isEndpointsOwn?: boolean | undefined;
  /** Region or location of a cloud. */
  readonly region?: string | undefined;
  readonly project?: string | undefined;
  readonly apiVersion?: string | undefined;
  /** The model behind a deployment, for prices and limits. */
  readonly baseModel?: string | undefined;
  /** Opened with a user's rows; ours alone when undefined. */
  readonly catalog?: Catalog | undefined;
  /** The prefix of a bare name that a list of models knows. Asked before our patterns of names. */
  readonly knownModels?: ((name: string) => string | undefined) | undefined;
}

/** One way to authenticate. Names variables, never holds their values. */
export type Auth =
  | KeyAuth
  /** AWS signature version 4. `region` is undefined where a base URL of the user's own hides it. */
  | { readonly strategy: 'aws-sigv4'; readonly service: string; readonly region: string | undefined }
  /** A bearer token from Google's application default credentials. */
  | { readonly strategy: 'google' }
  | { readonly strategy: 'none' };

/** A way that takes a key. */
export interface KeyAuth {
  /**
   * `native`: where the dialect puts a key; `bearer`: `authorization: Bearer KEY`; `header`: into `header`, after `scheme` and a
   * blank; `ibm-iam`, `gigachat`, `databricks`: traded for a bearer token; `snowflake`: bearer without a leading `pat/`, and the
   * kind of token beside it.
   */
  readonly strategy: 'native' | 'bearer' | 'header' | 'ibm-iam' | 'gigachat' | 'databricks' | 'snowflake';
  readonly header: string | undefined;
  readonly scheme: string | undefined;
  /** Headers that carry the bare key besides. */
  readonly alsoHeaders: readonly string[];
  /** Where a key may lie, in order. */
  readonly keyVariables: readonly string[];
  /** The endpoint answers without a key too. */
  readonly isOptional: boolean;
}

export type Resolution = Resolved | Unsupported | Incomplete | Unknown;

/** Everything about a target but its secrets. */
export interface Resolved {
  readonly kind: 'resolved';
  /** As the user wrote it, or the first of the row that was found by host or by name. */
  readonly prefix: string;
  /** First prefix of the catalog's row: the same for all its aliases. */
  readonly provider: string;
  readonly foundBy: FoundBy;
  /** As it is sent. */
  readonly model: string;
  /** What prices and limits may know the model as; undefined for a deployment of unknown content. */
  readonly baseModel: string | undefined;
  /** What is spoken there. */
  readonly dialect: DialectId;
  /** Without user, password, query or trailing slash. The full path where the dialect would not find it by itself. */
  readonly url: string;
  /** With its `?`, or empty. Holds what the user wrote behind a base URL: it belongs into `Credentials`, not into a record. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Fields that the body needs besides, such as watsonx's `project_id`. */
  readonly body: Readonly<Record<string, string>>;
  /** Ways to authenticate, best first; never empty. See `findKey`. */
  readonly auth: readonly Auth[];
  /** Region or location of a cloud; undefined elsewhere. */
  readonly region: string | undefined;
  /** What the endpoint calls the length limit, where that is known; undefined: as its dialect does. */
  readonly maxTokensName: string | undefined;
  readonly genaiPricesId: string | undefined;
  readonly modelsDevId: string | undefined;
  /** False where nobody has looked the row up in the provider's or LiteLLM's own words. */
  readonly verified: boolean;
  readonly note: string | undefined;
}

export type FoundBy = 'prefix' | 'host' | 'name';

/** Known, but it cannot be measured. */
export interface Unsupported {
  readonly kind: 'unsupported';
  readonly prefix: string;
  readonly model: string;
  readonly reason: string;
  readonly wayAround: string;
}

/** Known, but something is missing or cannot be used. */
export interface Incomplete {
  readonly kind: 'incomplete';
  readonly prefix: string;
  readonly foundBy: FoundBy;
  readonly model: string;
  /** Never empty. */
  readonly missing: readonly Missing[];
}

export interface Missing {
  /** In words: `base URL`, `region`. */
  readonly what: string;
  /** The option that gives it, if there is one. */
  readonly option: 'apiBase' | 'region' | 'project' | 'apiVersion' | undefined;
  /** Variables that were looked for, in order. */
  readonly variables: readonly string[];
  readonly example: string | undefined;
  /** What is wrong with the value that was found; undefined when there was none. */
  readonly problem: string | undefined;
}

/** Neither a prefix, nor the host, nor the name says whose it is. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly modelString: string;
  /** Prefixes that the user may have meant, nearest first; at most three. */
  readonly suggestions: readonly string[];
}
