import type { ConversationSummary } from '../metrics/conversations.ts';
import type { ValidityLevel } from '../metrics/validity.ts';
import type { ClientEvidence } from '../model/calibration.ts';
import type { Plan } from '../model/plan.ts';
import type { Environment, RunGroup, RunState } from '../model/run.ts';
import type { Asked } from '../model/workload.ts';

/** Version of the document; a change that breaks readers raises its number. */
export const RUN_DOCUMENT_SCHEMA = 'llm-bench/run/1';

/** One metric over one target. Values are null where they are undefined, never 0. */
export interface MetricDocument {
  readonly unit: string;
  readonly n: number;
  readonly mean: number | null;
  readonly stdev: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** 95 % intervals of p50 and p95, in the unit; null with too few samples. Only metrics with one sample a request have them. */
  readonly ci95?: { readonly p50: readonly [number, number] | null; readonly p95: readonly [number, number] | null };
}

export interface TargetDocument {
  readonly provider: string;
  readonly model: string;
  readonly url: string;
  readonly requests: {
    readonly started: number;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly dropped: number;
    readonly retries: number;
  };
  readonly failures: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, MetricDocument>>;
  /** Over the steady window; `full` over everything, drain included. */
  readonly throughput: {
    readonly requestsPerSecond: number | null;
    readonly outputTokensPerSecond: number | null;
    readonly offeredPerSecond: number | null;
    readonly steadyWindowMs: number | null;
    readonly full: { readonly requestsPerSecond: number | null; readonly outputTokensPerSecond: number | null };
  };
  readonly tokens: {
    readonly input: number | null;
    readonly output: number | null;
    readonly reasoning: number | null;
    readonly cached: number | null;
    readonly cacheWrite: number | null;
    readonly source: string | null;
  };
  readonly goodRatio: number | null;
  readonly goodput: number | null;
  readonly errorRate: number | null;
  /** US dollars; `warmupUsd` is part of `usd`. With requests of unknown cost `usd` is a lower bound. */
  readonly cost: {
    readonly usd: number | null;
    readonly warmupUsd: number | null;
    readonly isComplete: boolean;
    readonly unknownRequests: number;
    /** Where the price comes from, and of which day it is. */
    readonly priceSource: string | null;
    readonly priceAsOf: string | null;
  };
  readonly validity: readonly {
    readonly id: string;
    readonly level: ValidityLevel;
    readonly text: string;
    readonly hint: string | null;
  }[];
  /** Of a load with stages: what each asked for and what came of it. */
  readonly stages: readonly StageDocument[];
  /** Named prompts, in their order. */
  readonly prompts: readonly PromptDocument[];
  /** Null where no prompt was part of one. */
  readonly conversations: ConversationSummary | null;
}

/** Times from the measured phase's start; levels are rates per second or clients. */
export interface StageDocument {
  readonly startMs: number;
  readonly durationMs: number;
  readonly from: number;
  readonly to: number;
  readonly asked: number;
  readonly achieved: number;
  readonly sent: number;
  readonly completed: number;
  readonly failed: number;
  readonly outputTokensPerSecond: number | null;
  readonly ttft: MetricDocument;
  readonly e2e: MetricDocument;
}

export interface PromptDocument {
  readonly name: string;
  readonly completed: number;
  readonly failed: number;
  readonly metrics: Readonly<
    Record<'ttft' | 'e2e' | 'tokensPerSecond' | 'inputTokens' | 'outputTokens', MetricDocument>
  >;
}

/** Lengths, context tier and place in a conversation that were asked for. */
export type AskedDocument = { readonly [field in keyof Asked]: number | null };

/** One attempt. Times are milliseconds from the run's start. */
export interface RequestDocument {
  readonly id: number;
  readonly provider: string;
  readonly model: string;
  readonly phase: 'warmup' | 'measure' | 'cooldown';
  readonly promptIndex: number;
  readonly promptName: string | null;
  /** Null where nothing was asked for beside the prompt. */
  readonly asked: AskedDocument | null;
  readonly attempt: number;
  readonly retryOf: number | null;
  readonly scheduledAtMs: number | null;
  readonly startedAtMs: number;
  readonly socketAtMs: number | null;
  readonly sentAtMs: number | null;
  readonly headersAtMs: number | null;
  readonly firstChunkAtMs: number | null;
  readonly firstTokenAtMs: number | null;
  readonly firstOutputAtMs: number | null;
  readonly lastTokenAtMs: number | null;
  readonly endedAtMs: number;
  readonly connection: {
    readonly isReused: boolean | null;
    readonly dnsMs: number | null;
    readonly tcpMs: number | null;
    readonly tlsMs: number | null;
  };
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  readonly failure: {
    readonly kind: string;
    readonly message: string;
    readonly status: number | null;
    readonly code: string | null;
    readonly retryAfterMs: number | null;
    readonly excerpt: string | null;
  } | null;
  readonly cancelledBy: string | null;
  readonly finishReason: string | null;
  readonly modelAnswered: string | null;
  readonly isStreamed: boolean;
  readonly tokens: {
    readonly input: number | null;
    readonly output: number | null;
    readonly reasoning: number | null;
    readonly cached: number | null;
    readonly cacheWrite: number | null;
    readonly source: string | null;
  };
  /** By a tokenizer, after the run. */
  readonly counted: {
    readonly input: number | null;
    readonly output: number | null;
    readonly tokenizer: string;
    readonly isApproximate: boolean;
  } | null;
  /** What the server told, by its own clock: queue, load, prompt, decode, total. */
  readonly serverTimingsMs: Readonly<Record<string, number>> | null;
  readonly events: readonly {
    readonly atMs: number;
    readonly kind: string;
    readonly tokens: number | null;
    readonly bytes: number;
    readonly isCoalesced: boolean;
  }[];
  /** Only where the user had texts kept. */
  readonly text?: { readonly prompt: string; readonly reasoning: string; readonly answer: string };
}

/** What `--fail-if` found. A condition that holds, or that has no value to judge, fails the run. */
export interface VerdictDocument {
  readonly isPassed: boolean;
  readonly checks: readonly {
    readonly condition: string;
    readonly metric: string;
    readonly statistic: string | null;
    readonly operator: string;
    /** In `unit`, as `value`. */
    readonly limit: number;
    readonly unit: string;
    /** Null: of the whole run. */
    readonly provider: string | null;
    readonly model: string | null;
    readonly status: 'passed' | 'failed' | 'unknown';
    readonly value: number | null;
    readonly note: string | null;
  }[];
}

/** Whose result it is, and their figures under their names. */
export interface ImportedDocument {
  readonly tool: string;
  readonly toolVersion: string | null;
  readonly file: string;
  readonly importedAt: string;
  readonly figures: readonly {
    readonly name: string;
    readonly unit: string | null;
    readonly statistics: Readonly<Record<string, number>>;
    /** Our metric that means exactly the same; null: none does. */
    readonly sameAs: string | null;
  }[];
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

/** A run as the world sees it: `run --output json` and `report summary --json`. JSON schema: docs/schema/run-1.json. */
export interface RunDocument {
  readonly schema: typeof RUN_DOCUMENT_SCHEMA;
  readonly run: {
    readonly id: string;
    readonly state: RunState;
    readonly startedAt: string;
    readonly durationMs: number;
    readonly version: string;
    readonly metricsVersion: number;
    readonly seed: number;
    /** With a calibration only where there was one of this very client. */
    readonly environment: Omit<Environment, 'calibration'> & { readonly calibration?: ClientEvidence };
    /** Only of a step of a sweep or a search. */
    readonly group?: Omit<RunGroup, 'steps'> & { readonly steps: number | null };
    /** Only where the user gave any. */
    readonly labels?: readonly string[];
    /** Only of a run that was not measured here. */
    readonly imported?: ImportedDocument;
    /** The shell command that repeats it, without secrets. */
    readonly repeat?: string;
  };
  readonly plan: Plan;
  readonly targets: readonly TargetDocument[];
  /** Only with conditions (`--fail-if`). */
  readonly verdict?: VerdictDocument;
  /** Only when asked for. */
  readonly requests?: readonly RequestDocument[];
}
