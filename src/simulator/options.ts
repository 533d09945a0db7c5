import { type Distribution, fixed } from './distribution.ts';

export const FAULT_KINDS = [
  '400',
  '401',
  '402',
  '403',
  '404',
  '429',
  '500',
  '502',
  '503',
  '529',
  'quota',
  'context-length',
  'content-filter',
  'reset',
  'reset-before',
  'close',
  'stall',
  'stall-before',
  'no-headers',
  'error-event',
  'error-field',
  'error-json',
  'truncate',
  'malformed',
  'empty',
  'slow-end',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

export const FRAMINGS = [
  'lf',
  'crlf',
  'cr',
  'comments',
  'no-space',
  'multi-data',
  'bom',
  'no-done',
  'no-final-newline',
  'event-names',
  'split-utf8',
  'bytes',
  'coalesced',
] as const;
export type Framing = (typeof FRAMINGS)[number];

export const FIRST_CHUNKS = ['role', 'text', 'none'] as const;
export const USAGES = ['own', 'finish', 'every', 'none'] as const;
export const ANSWERS = ['text', 'tool-call'] as const;
export const REASONING_FIELDS = ['reasoning_content', 'reasoning'] as const;

/** Which requests suffer a fault: a share of all (0–1, drawn per request), or those with these numbers (from 1). */
export type FaultRule =
  | { readonly kind: FaultKind; readonly rate: number }
  | { readonly kind: FaultKind; readonly requests: readonly number[] };

/** How one request is answered; the header `x-simulate` can override each of these for one request. */
export interface AnswerOptions {
  /** Milliseconds from the request's arrival (or from leaving the queue) to the first token. */
  readonly ttft: Distribution;
  /** Milliseconds between one token and the next, drawn for each token. */
  readonly tokenDelay: Distribution;
  /** Answer tokens, without reasoning; rounded to a whole number. */
  readonly tokens: Distribution;
  /** A chunk of several tokens is sent when its first token is due. */
  readonly tokensPerChunk: number;
  /** Tokens of reasoning before the answer; they count as completion tokens and under `max_tokens`. */
  readonly reasoningTokens: number;
  readonly reasoningField: (typeof REASONING_FIELDS)[number];
  /** `tool-call` calls the request's first tool; a request without tools is answered with text. */
  readonly answer: (typeof ANSWERS)[number];
  /** `role`: role chunk of its own; `text`: role and text in the first chunk; `none`: no role at all. */
  readonly firstChunk: (typeof FIRST_CHUNKS)[number];
  /** When the role chunk is due; never later than the first token. 0 sends it in one write with the headers. */
  readonly roleDelayMs: number;
  /** `own`: chunk with empty choices, if the request asked for it; `finish`: in the finish chunk; `every`: cumulative. */
  readonly usage: (typeof USAGES)[number];
  /** Reported as cached input tokens, at most the input tokens. */
  readonly cachedTokens: number;
  /** Deviations of the event stream's form; several may be combined. */
  readonly framing: readonly Framing[];
  /** Events in one write with the framing `coalesced`; the write is due with its last event. */
  readonly coalesce: number;
  /** The Retry-After header of 429, 503 and 529. */
  readonly retryAfterSeconds: number;
  /** How long the fault `slow-end` keeps the body open after [DONE]. */
  readonly slowEndMs: number;
  /** Model name in answers; undefined: the one that was asked for. */
  readonly modelAnswered: string | undefined;
  /** False: a request with `stream_options` gets 400, as some clones do. */
  readonly acceptsStreamOptions: boolean;
  /** True: one JSON body even if a stream was asked for. */
  readonly ignoresStream: boolean;
}

export interface SimulatorOptions extends AnswerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Required as `Authorization: Bearer KEY`; undefined: no key needed. */
  readonly apiKey: string | undefined;
  /** The only models known; empty: every name is accepted. */
  readonly models: readonly string[];
  /** Whole number; the same seed gives the nth request the same draws. */
  readonly seed: number;
  /** Requests served at once; Infinity: no limit. */
  readonly maxConcurrency: number;
  /** Requests that may wait for their turn; one more gets 429. */
  readonly maxQueue: number;
  /** A span, counted from the first request's arrival, in which nothing is written; what was due follows after it. */
  readonly silence: { readonly atMs: number; readonly forMs: number } | undefined;
  readonly faults: readonly FaultRule[];
  /** JSON Lines file for the truth records; rewritten at the start. */
  readonly truthFile: string | undefined;
  /** Keep the truth records in memory too, as `Simulator.truth`. */
  readonly keepTruth: boolean;
}

export const DEFAULT_OPTIONS: SimulatorOptions = Object.freeze<SimulatorOptions>({
  host: '127.0.0.1',
  port: 9000,
  apiKey: undefined,
  models: [],
  seed: 1,
  maxConcurrency: Number.POSITIVE_INFINITY,
  maxQueue: Number.POSITIVE_INFINITY,
  silence: undefined,
  faults: [],
  truthFile: undefined,
  keepTruth: false,
  ttft: fixed(50),
  tokenDelay: fixed(10),
  tokens: fixed(32),
  tokensPerChunk: 1,
  reasoningTokens: 0,
  reasoningField: 'reasoning_content',
  answer: 'text',
  firstChunk: 'role',
  roleDelayMs: 0,
  usage: 'own',
  cachedTokens: 0,
  framing: ['lf'],
  coalesce: 4,
  retryAfterSeconds: 1,
  slowEndMs: 10_000,
  modelAnswered: undefined,
  acceptsStreamOptions: true,
  ignoresStream: false,
});
