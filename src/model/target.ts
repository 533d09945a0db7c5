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
}

/** The secrets needed to call one target. Lives in memory only: never stored, logged or shown. */
export interface Credentials {
  readonly apiKey: string | undefined;
  /** Extra request headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL's query string with its `?`, empty when there is none: some gateways take their key there. */
  readonly query: string;
}
