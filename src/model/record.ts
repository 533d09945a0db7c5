import type { Phase } from './load.ts';
import type { ServerTimings } from './server-timings.ts';
import type { FinishReason } from './stream-part.ts';
import type { Milliseconds } from './units.ts';
import type { CountedTokens, Usage } from './usage.ts';
import type { Asked } from './workload.ts';

/** Every way in which a request can fail. The order is the order of reports. */
export const FAILURE_KINDS = [
  'dns',
  'connect',
  'tls',
  'timeout-connect',
  'timeout-first-token',
  'timeout-idle',
  'timeout-total',
  'reset',
  'auth',
  'permission',
  'not-found',
  'invalid-request',
  'context-length',
  'content-filter',
  'rate-limited',
  'quota',
  'overloaded',
  'server',
  'stream-error',
  'truncated',
  'malformed',
  'empty-output',
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

/** What went wrong with one request. Holds no secret. */
export interface Failure {
  readonly kind: FailureKind;
  /** One line for people. */
  readonly message: string;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** The provider's own error code, or the system's (`ECONNRESET`). */
  readonly code: string | undefined;
  /** Wait that the server asked for. */
  readonly retryAfterMs: Milliseconds | undefined;
  /** Start of the response body, at most 2 kB. */
  readonly excerpt: string | undefined;
}

/** `plan`: the plan wanted it; `user`: Ctrl-C; `end`: still in flight when the run's drain ended. */
export type CancelledBy = 'plan' | 'user' | 'end';

export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'cancelled'; readonly by: CancelledBy };

/** Kinds of token-bearing events; a frame that carries several is named for the first. The order is the number stored for each. */
export const TOKEN_EVENT_KINDS = ['reasoning', 'content', 'refusal', 'tool-name', 'tool-arguments'] as const;

export type TokenEventKind = (typeof TOKEN_EVENT_KINDS)[number];

/** One frame that carried generated output. */
export interface TokenEvent {
  /** Arrival of the socket read that completed the frame. */
  readonly atMs: Milliseconds;
  readonly kind: TokenEventKind;
  /** Tokens in this frame; undefined when nobody said. */
  readonly tokens: number | undefined;
  /** UTF-8 size of the generated text or arguments. */
  readonly bytes: number;
  /** Whether another token-bearing frame came in the same read, so that the gap between them is not the server's. */
  readonly isCoalesced: boolean;
}

/**
 * Instants of one request, from the run's start. All but `startedAtMs` and `endedAtMs` may be missing. Where the first answer only
 * names the address of the stream (Replicate), start, socket and last byte sent are those of the first exchange, all else of the second.
 */
export interface Instants {
  /** When the load plan wanted the start; open loop only. */
  readonly scheduledAtMs: Milliseconds | undefined;
  /** Body serialised, request handed to the HTTP client: start of TTFT and E2E. */
  readonly startedAtMs: Milliseconds;
  /** A usable connection was there. */
  readonly socketAtMs: Milliseconds | undefined;
  /** Last byte of the request written. */
  readonly sentAtMs: Milliseconds | undefined;
  readonly headersAtMs: Milliseconds | undefined;
  /** First frame of any kind (role, comment, usage …): never called TTFT. */
  readonly firstChunkAtMs: Milliseconds | undefined;
  /** First frame with generated output: content, reasoning, refusal, tool name or arguments. */
  readonly firstTokenAtMs: Milliseconds | undefined;
  /** The same without reasoning. */
  readonly firstOutputAtMs: Milliseconds | undefined;
  readonly lastTokenAtMs: Milliseconds | undefined;
  readonly toolNameAtMs: Milliseconds | undefined;
  readonly toolArgumentsAtMs: Milliseconds | undefined;
  /** Terminal marker, end of the body, failure or cancellation. */
  readonly endedAtMs: Milliseconds;
}

/** How the request got its connection, the first one if it took two. Durations are missing for a reused one. */
export interface Connection {
  readonly isReused: boolean | undefined;
  readonly dnsMs: Milliseconds | undefined;
  readonly tcpMs: Milliseconds | undefined;
  readonly tlsMs: Milliseconds | undefined;
}

/** Prompt and answer (tool calls included), kept only when the user asked for it, or until their tokens are counted. */
export interface RecordText {
  readonly prompt: string;
  /** As far as the server shows it. */
  readonly reasoning: string;
  readonly answer: string;
}

/** All that the client saw of one attempt of one request. Immutable; every metric is a function of records. */
export interface RequestRecord {
  /** Unique in the run. */
  readonly id: number;
  /** Place in `plan.targets`. */
  readonly targetIndex: number;
  readonly phase: Exclude<Phase, 'drain'>;
  readonly promptIndex: number;
  readonly promptName: string | undefined;
  /** Lengths, tier and place in a conversation; undefined where nothing of it was asked for. */
  readonly asked: Asked | undefined;
  /** 1 for the first; retries count on. */
  readonly attempt: number;
  /** The record of the attempt before. */
  readonly retryOf: number | undefined;
  readonly instants: Instants;
  readonly connection: Connection;
  /** In order of arrival; empty when the answer was not streamed. */
  readonly events: readonly TokenEvent[];
  /** False when the answer came as one body, though a stream was asked for. */
  readonly isStreamed: boolean;
  readonly usage: Usage;
  /** Undefined until a tokenizer has counted; never instead of `usage`. */
  readonly counted: CountedTokens | undefined;
  readonly serverTimings: ServerTimings | undefined;
  readonly finishReason: FinishReason | undefined;
  /** The model's name in the answer; may differ from the one asked for. */
  readonly modelAnswered: string | undefined;
  /** Comments and pings seen. */
  readonly keepAlives: number;
  readonly outcome: Outcome;
  readonly text: RecordText | undefined;
}
