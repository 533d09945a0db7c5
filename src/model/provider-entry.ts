import type { Price } from './price.ts';
import type { RestTemplate } from './rest-template.ts';
import type { DialectId } from './target.ts';
import type { JsonObject, Milliseconds } from './units.ts';

/** A provider as its user configured it: one name, one or several models. Holds no secret but what `extraHeaders` may say. */
export interface ProviderEntry {
  /** Unique in its file. */
  readonly name: string;
  /** How people call it; undefined: by its name. */
  readonly label: string | undefined;
  /** At least one, no model twice; in the file's order, `model` before `models`. */
  readonly models: readonly ModelEntry[];
}

/** One model of a provider: its own fields, and the provider's where it has none. What is missing was not said. */
export interface ModelEntry {
  /** With or without the prefix of a known provider, as `groq/llama-3.3-70b-versatile`. */
  readonly model: string;
  readonly label: string | undefined;
  /** Base URL; may hold references to variables, as `${NAME}`. */
  readonly apiBase: string | undefined;
  /** Name of the variable that holds the key. */
  readonly apiKeyEnv: string | undefined;
  /** Values by name as it was written; values may hold references to variables, as `${NAME}`. */
  readonly extraHeaders: Readonly<Record<string, string>>;
  /** Undefined: told by the model's prefix or the URL's path. */
  readonly dialect: DialectId | undefined;
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  /** Above 0. */
  readonly timeoutMs: Milliseconds | undefined;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** Parameters that this model is never sent, as the user names them. */
  readonly skipParams: readonly string[];
  /** Further parameters. */
  readonly params: JsonObject;
  /** The user's own; undefined when there is none, for then it is unknown. */
  readonly price: Price | undefined;
  readonly region: string | undefined;
  readonly tier: string | undefined;
  readonly project: string | undefined;
  readonly apiVersion: string | undefined;
  /** The name that prices and limits go by, where `model` is a deployment's. */
  readonly baseModel: string | undefined;
  /** Only with the dialect that needs one. */
  readonly template: RestTemplate | undefined;
}

/** What holds for every provider of a file that does not say otherwise. */
export interface ProviderDefaults {
  readonly temperature: number | undefined;
  readonly maxTokens: number | undefined;
  readonly timeoutMs: Milliseconds | undefined;
  /** A prompt to measure with where none is given. */
  readonly prompt: string | undefined;
  /** Tokens of context to fill, one after the other; empty when nothing was said. */
  readonly contextTiers: readonly number[];
}
