import type { JsonValue } from './units.ts';

/**
 * How an endpoint that speaks no known dialect is asked and read. Strings of `body` may hold `{{prompt}}` (all turns as one text),
 * `{{messages}}`, `{{model}}` and `{{max_tokens}}`; a string that is nothing but one of them becomes its JSON value.
 */
export interface RestTemplate {
  readonly method: 'POST' | 'GET';
  readonly body: JsonValue | undefined;
  /** `json`: one body; its answer is not streamed. */
  readonly framing: 'sse' | 'ndjson' | 'json';
  /** Paths into each event, line or body, as `choices[0].delta.content`; undefined: not told. */
  readonly paths: {
    readonly text: string;
    readonly reasoning: string | undefined;
    readonly finish: string | undefined;
    readonly inputTokens: string | undefined;
    readonly outputTokens: string | undefined;
    readonly error: string | undefined;
  };
  /** Data of an event that ends the stream, as `[DONE]`; undefined: the end of the body. */
  readonly doneMarker: string | undefined;
}
