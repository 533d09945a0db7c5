import type { Cancellation, Load, StopRule } from './load.ts';
import type { Objective, QuantileObjective } from './objective.ts';
import type { ParameterMode, Parameters } from './parameters.ts';
import type { Target } from './target.ts';
import type { Milliseconds } from './units.ts';
import type { CacheMode, WorkloadOrigin } from './workload.ts';

/** Limits on one request. Each has its own failure kind. */
export interface Timeouts {
  /** DNS, TCP and TLS of a new connection. */
  readonly connectMs: Milliseconds;
  /** From the request's start to its first token; undefined: only the total counts. */
  readonly firstTokenMs: Milliseconds | undefined;
  /** Between two reads once the headers are there; keep-alive comments count as life. Undefined: only the total counts. */
  readonly idleMs: Milliseconds | undefined;
  /** From the request's start to its end. */
  readonly totalMs: Milliseconds;
}

/** Retries happen only when asked for; every attempt is a record of its own. */
export interface RetryRule {
  /** Attempts after the first; 0 by default. */
  readonly maxRetries: number;
  /** Wait before the first retry; doubles each time, with jitter. A server's Retry-After wins when it is longer. */
  readonly delayMs: Milliseconds;
}

/** Conversations grow with the live answers of the model. */
export interface Conversation {
  /** Most turns of one; at least 1. */
  readonly maxTurns: number;
  /** Between an answer and the next turn. */
  readonly thinkTimeMs: Milliseconds;
}

/** When a tokenizer counts after the run, and which. */
export interface TokenCounting {
  /** `missing`: only requests without reported usage; `always`: all, to hold against what was reported. */
  readonly when: 'missing' | 'always';
  /** `o200k_base`, `cl100k_base`, `estimate`, or a tokenizer.json; undefined: by the model's name. */
  readonly tokenizer: string | undefined;
}

/** All that is needed to repeat a run, except secrets and (unless asked for) prompt texts. Stored with the run. */
export interface Plan {
  /** At least one; no two with the same provider and model. */
  readonly targets: readonly Target[];
  readonly workload: WorkloadOrigin;
  readonly load: Load;
  readonly stop: StopRule;
  /** Requests per target before the measured phase. */
  readonly warmupRequests: number;
  /** After the warm-up's first request the load goes on for so long; undefined: the warm-up is a number of requests. */
  readonly warmupMs: Milliseconds | undefined;
  /** The load goes on for so long after the measured phase, without being measured; undefined: it ends with it. */
  readonly cooldownMs: Milliseconds | undefined;
  /** Streams that the client gives up; undefined: none. */
  readonly cancellation: Cancellation | undefined;
  readonly timeouts: Timeouts;
  readonly retry: RetryRule;
  /** As the user gave them; what a target is sent after its rules stands in its profile. */
  readonly parameters: Parameters;
  readonly parameterMode: ParameterMode;
  readonly tokenCounting: TokenCounting;
  /** The run stops before its cost can pass this; undefined: no cap. */
  readonly budgetUsd: number | undefined;
  /** Ask for a stream. Without one TTFT and gaps between tokens are undefined. */
  readonly isStreamed: boolean;
  /** HTTP/2 instead of HTTP/1.1: requests share connections. */
  readonly isHttp2: boolean;
  /** Names of extra headers; their values are secrets. */
  readonly headerNames: readonly string[];
  readonly cache: CacheMode;
  /** Tokens of filler before the prompts, ascending; each prompt is sent with each of them. Empty: prompts are sent without. */
  readonly contextTiers: readonly number[];
  /** Undefined: every prompt is a conversation of its own with one turn. */
  readonly conversation: Conversation | undefined;
  /** `limit`: an answer may be shorter than its limit of output tokens. `exact`: the server is told to go on until it is reached. */
  readonly outputLength: 'limit' | 'exact';
  /** What makes a request good; the limits of `quantileObjectives` from p90 up are among them. */
  readonly objectives: readonly Objective[];
  /** Targets take turns, so many requests each, there and back; undefined: each has its whole load at one time. */
  readonly interleave: { readonly requestsPerTurn: number } | undefined;
  /** What the run as a whole is held to. */
  readonly quantileObjectives: readonly QuantileObjective[];
  /** Providers measured at the same time; undefined: all. Models of one provider always take turns. */
  readonly providerConcurrency: number | undefined;
  /** Measuring threads: so many, or as the load and the machine ask for. Never more than there are requests at a time. */
  readonly workers: number | 'auto';
  /** Seeds arrivals, prefixes and jitter. */
  readonly seed: number;
  /** Keep prompt and answer texts in the store. */
  readonly saveText: boolean;
  /**
   * Arguments of `run` that make this plan again: names of variables in place of secrets, and prompts given on the spot only where texts
   * are kept. Undefined: not planned from a command line, or by an earlier version.
   */
  readonly repeatArguments: readonly string[] | undefined;
}

/** A plan in which nothing is asked for but what it is about: those that need a plan of their own say what differs. */
export const BARE_PLAN: Omit<Plan, 'targets' | 'workload' | 'load' | 'stop' | 'timeouts'> = {
  warmupRequests: 0,
  warmupMs: undefined,
  cooldownMs: undefined,
  cancellation: undefined,
  retry: { maxRetries: 0, delayMs: 0 },
  parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
  parameterMode: 'strict',
  tokenCounting: { when: 'missing', tokenizer: undefined },
  budgetUsd: undefined,
  isStreamed: true,
  isHttp2: false,
  headerNames: [],
  cache: 'natural',
  contextTiers: [],
  conversation: undefined,
  outputLength: 'limit',
  objectives: [],
  interleave: undefined,
  quantileObjectives: [],
  providerConcurrency: undefined,
  workers: 1,
  seed: 1,
  saveText: false,
  repeatArguments: undefined,
};
