import { type Distribution, fixed } from './distribution.ts';
import { FAMILIES, type Family } from './shapes/family.ts';

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
  'over-limit',
  'no-usage',
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
export const ANSWERS = ['text', 'lines', 'tool-call'] as const;
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
  /** Tokens of reasoning before the answer; they count as output and under the limit. None where the family has no place. */
  readonly reasoningTokens: number;
  /** The same, but only counted, never sent. */
  readonly hiddenReasoningTokens: number;
  readonly reasoningField: (typeof REASONING_FIELDS)[number];
  /** `lines` is text with line breaks; `tool-call` calls the request's first tool, and without tools is `text`. */
  readonly answer: (typeof ANSWERS)[number];
  /** Of chat completions. `role`: role chunk of its own; `text`: role and text in the first chunk; `none`: no role at all. */
  readonly firstChunk: (typeof FIRST_CHUNKS)[number];
  /** When that, or any family's opening, is due; never later than the first token. 0 sends it in one write with the headers. */
  readonly roleDelayMs: number;
  /**
   * `own`: as the family does, in chat completions a chunk with empty choices if the request asked for it; `finish`: in the finish
   * chunk; `every`: cumulative; `none`. Families with one place for it know no difference between the first three.
   */
  readonly usage: (typeof USAGES)[number];
  /** Reported as input tokens; undefined: one for each word of the prompt. */
  readonly inputTokens: number | undefined;
  /** Reported as read from a cache, at most the input tokens. */
  readonly cachedTokens: number;
  /** Reported as written to a cache, at most the input tokens that were not cached. */
  readonly cacheWriteTokens: number;
  /** Triton: each event has all the text so far, as some backends send it. */
  readonly cumulativeText: boolean;
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
  /** Required where the family carries its key, most as `Authorization: Bearer KEY`; undefined: no key needed. */
  readonly apiKey: string | undefined;
  /** Requests of other families get 404. */
  readonly speaks: readonly Family[];
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
  /** The truth holds each request's body as text. */
  readonly keepBodies: boolean;
  /** Keep the truth records in memory too, as `Simulator.truth`. */
  readonly keepTruth: boolean;
}

/** The one model that is listed when every name is accepted. */
const LISTED_MODEL = 'simulated';

/** The models that the simulator says it has. */
export function listedModels({ models }: Pick<SimulatorOptions, 'models'>): readonly string[] {
  return models.length === 0 ? [LISTED_MODEL] : models;
}

export const DEFAULT_OPTIONS: SimulatorOptions = Object.freeze<SimulatorOptions>({
  host: '127.0.0.1',
  port: 9000,
  apiKey: undefined,
  speaks: FAMILIES,
  models: [],
  seed: 1,
  maxConcurrency: Number.POSITIVE_INFINITY,
  maxQueue: Number.POSITIVE_INFINITY,
  silence: undefined,
  faults: [],
  truthFile: undefined,
  keepBodies: false,
  keepTruth: false,
  ttft: fixed(50),
  tokenDelay: fixed(10),
  tokens: fixed(32),
  tokensPerChunk: 1,
  reasoningTokens: 0,
  hiddenReasoningTokens: 0,
  reasoningField: 'reasoning_content',
  answer: 'text',
  firstChunk: 'role',
  roleDelayMs: 0,
  usage: 'own',
  inputTokens: undefined,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  cumulativeText: false,
  framing: ['lf'],
  coalesce: 4,
  retryAfterSeconds: 1,
  slowEndMs: 10_000,
  modelAnswered: undefined,
  acceptsStreamOptions: true,
  ignoresStream: false,
});
