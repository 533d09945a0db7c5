import type { JsonValue } from './units.ts';

/**
 * How an endpoint that speaks no known dialect is asked and read. Strings of `body`, and the target's URL, may hold the placeholders
 * below as `{{prompt}}`; a string that is nothing but one of them becomes its JSON value, and is left out where there is none.
 */
export interface RestTemplate {
  readonly method: 'POST' | 'GET';
  /** Undefined with GET: what is asked stands in the URL. */
  readonly body: JsonValue | undefined;
  /** `json`: one body; its answer is not streamed. */
  readonly framing: 'sse' | 'ndjson' | 'json';
  /** Paths into each event, line or body, as `choices[0].delta.content` (json-path.ts); undefined: not told. */
  readonly paths: {
    /** Of the new text; `$`: the event or line is the text, and no JSON. */
    readonly text: string;
    readonly reasoning: string | undefined;
    readonly finish: string | undefined;
    readonly inputTokens: string | undefined;
    readonly outputTokens: string | undefined;
    /** Undefined: `error`. */
    readonly error: string | undefined;
  };
  /** Data of an event that ends the stream, as `[DONE]`; undefined: a finish reason, or the end of the body where none is told. */
  readonly doneMarker: string | undefined;
}

/** `prompt`: all turns as one text; `messages`: a list of `{role, content}`; `stream`: whether one is wanted. */
export const PLACEHOLDERS = ['prompt', 'messages', 'model', 'max_tokens', 'temperature', 'stream'] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

/** Names of the placeholders in a text, known or not. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** A URL's own way to write braces is read too. */
export const PLACEHOLDER: RegExp = /(?:\{\{|%7B%7B)\s*(\w*)\s*(?:\}\}|%7D%7D)/gi;
