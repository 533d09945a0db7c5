import type { ServerTimings } from './server-timings.ts';
import type { Usage } from './usage.ts';

/** Why a model stopped, in the field's own words. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error' | 'other';

/**
 * A vendor-neutral piece of an answer. One frame on the wire may carry several; a frame without any part of interest is `unknown`.
 * Texts and arguments are never empty.
 */
export type StreamPart =
  | { readonly type: 'role' }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'content'; readonly text: string }
  | { readonly type: 'refusal'; readonly text: string }
  | { readonly type: 'tool-name'; readonly call: number; readonly id: string | undefined; readonly name: string }
  | { readonly type: 'tool-arguments'; readonly call: number; readonly text: string }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly raw: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'server-timings'; readonly timings: ServerTimings }
  /** How many tokens this frame carries, where the server says so. */
  | { readonly type: 'token-count'; readonly tokens: number }
  | { readonly type: 'model'; readonly model: string }
  | { readonly type: 'keep-alive' }
  | { readonly type: 'error'; readonly message: string; readonly code: string | undefined }
  /** A frame that cannot be read: what is wrong, without the payload. */
  | { readonly type: 'malformed'; readonly message: string }
  | { readonly type: 'done' }
  | { readonly type: 'unknown' };
