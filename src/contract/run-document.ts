import { REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import type { Distribution } from '../metrics/distribution.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import { outputTokens } from '../metrics/tokens.ts';
import type { ValidityLevel } from '../metrics/validity.ts';
import type { Plan } from '../model/plan.ts';
import type { Failure, RequestRecord } from '../model/record.ts';
import type { Environment, Run, RunState } from '../model/run.ts';

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
    readonly source: string | null;
  };
  readonly goodRatio: number | null;
  readonly goodput: number | null;
  readonly errorRate: number | null;
  readonly cost: { readonly usd: number | null; readonly isComplete: boolean };
  readonly validity: readonly {
    readonly id: string;
    readonly level: ValidityLevel;
    readonly text: string;
    readonly hint: string | null;
  }[];
  /** Named prompts, in their order. */
  readonly prompts: readonly PromptDocument[];
}

export interface PromptDocument {
  readonly name: string;
  readonly completed: number;
  readonly failed: number;
  readonly metrics: Readonly<
    Record<'ttft' | 'e2e' | 'tokensPerSecond' | 'inputTokens' | 'outputTokens', MetricDocument>
  >;
}

/** One attempt. Times are milliseconds from the run's start. */
export interface RequestDocument {
  readonly id: number;
  readonly provider: string;
  readonly model: string;
  readonly phase: 'warmup' | 'measure';
  readonly promptIndex: number;
  readonly promptName: string | null;
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
    readonly source: string | null;
  };
  readonly events: readonly {
    readonly atMs: number;
    readonly kind: string;
    readonly tokens: number | null;
    readonly bytes: number;
    readonly isCoalesced: boolean;
  }[];
  /** Only where the user had texts kept. */
  readonly text?: { readonly prompt: string; readonly answer: string };
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
    readonly environment: Environment;
  };
  readonly plan: Plan;
  readonly targets: readonly TargetDocument[];
  /** Only when asked for. */
  readonly requests?: readonly RequestDocument[];
}

/** What a document is made from. */
export interface RunDocumentInput {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
  readonly targets: readonly TargetSummary[];
  readonly records: readonly RequestRecord[] | undefined;
}

export function toRunDocument(input: RunDocumentInput): RunDocument {
  const { run, records } = input;
  return {
    schema: RUN_DOCUMENT_SCHEMA,
    run: {
      id: run.id,
      state: input.state,
      startedAt: run.startedAtIso,
      durationMs: input.durationMs,
      version: run.version,
      metricsVersion: run.metricsVersion,
      seed: run.plan.seed,
      environment: run.environment,
    },
    plan: run.plan,
    targets: input.targets.map(toTargetDocument),
    ...(records === undefined ? {} : { requests: records.map((record) => toRequestDocument(record, run.plan)) }),
  };
}

const UNITS: ReadonlyMap<string, string> = new Map(
  [...REQUEST_METRICS, ...WINDOW_METRICS].map((metric) => [metric.id, metric.unit]),
);

function toTargetDocument(summary: TargetSummary): TargetDocument {
  const { target, throughput, fullThroughput, tokens, cost } = summary;
  return {
    provider: target.provider,
    model: target.model,
    url: target.url,
    requests: summary.requests,
    failures: summary.failures,
    metrics: Object.fromEntries(
      Object.entries(summary.metrics).map(([id, values]) => [id, toMetricDocument(values, UNITS.get(id) ?? '')]),
    ),
    throughput: {
      requestsPerSecond: throughput.requestsPerSecond ?? null,
      outputTokensPerSecond: throughput.outputTokensPerSecond ?? null,
      offeredPerSecond: throughput.offeredPerSecond ?? null,
      steadyWindowMs: summary.steadyWindowMs ?? null,
      full: {
        requestsPerSecond: fullThroughput.requestsPerSecond ?? null,
        outputTokensPerSecond: fullThroughput.outputTokensPerSecond ?? null,
      },
    },
    tokens: {
      input: tokens.input ?? null,
      output: tokens.output ?? null,
      reasoning: tokens.reasoning ?? null,
      cached: tokens.cached ?? null,
      source: tokens.source ?? null,
    },
    goodRatio: summary.goodRatio ?? null,
    goodput: summary.goodput ?? null,
    errorRate: summary.errorRate ?? null,
    cost: { usd: cost.usd ?? null, isComplete: cost.isComplete },
    validity: summary.validity.map((entry) => ({ ...entry, hint: entry.hint ?? null })),
    prompts: summary.prompts.map((prompt) => ({
      name: prompt.name,
      completed: prompt.completed,
      failed: prompt.failed,
      metrics: {
        ttft: toMetricDocument(prompt.ttft, 'ms'),
        e2e: toMetricDocument(prompt.e2e, 'ms'),
        tokensPerSecond: toMetricDocument(prompt.tokensPerSecond, 'tokens/s'),
        inputTokens: toMetricDocument(prompt.inputTokens, 'tokens'),
        outputTokens: toMetricDocument(prompt.outputTokens, 'tokens'),
      },
    })),
  };
}

function toMetricDocument(values: Distribution, unit: string): MetricDocument {
  return {
    unit,
    n: values.n,
    mean: values.mean ?? null,
    stdev: values.stdev ?? null,
    min: values.min ?? null,
    max: values.max ?? null,
    p50: values.p50 ?? null,
    p90: values.p90 ?? null,
    p95: values.p95 ?? null,
    p99: values.p99 ?? null,
  };
}

function toRequestDocument(record: RequestRecord, plan: Plan): RequestDocument {
  const { instants, connection, outcome, usage } = record;
  const target = plan.targets[record.targetIndex];
  const output = outputTokens(record);
  return {
    id: record.id,
    provider: target?.provider ?? '',
    model: target?.model ?? '',
    phase: record.phase,
    promptIndex: record.promptIndex,
    promptName: record.promptName ?? null,
    attempt: record.attempt,
    retryOf: record.retryOf ?? null,
    scheduledAtMs: instants.scheduledAtMs ?? null,
    startedAtMs: instants.startedAtMs,
    socketAtMs: instants.socketAtMs ?? null,
    sentAtMs: instants.sentAtMs ?? null,
    headersAtMs: instants.headersAtMs ?? null,
    firstChunkAtMs: instants.firstChunkAtMs ?? null,
    firstTokenAtMs: instants.firstTokenAtMs ?? null,
    firstOutputAtMs: instants.firstOutputAtMs ?? null,
    lastTokenAtMs: instants.lastTokenAtMs ?? null,
    endedAtMs: instants.endedAtMs,
    connection: {
      isReused: connection.isReused ?? null,
      dnsMs: connection.dnsMs ?? null,
      tcpMs: connection.tcpMs ?? null,
      tlsMs: connection.tlsMs ?? null,
    },
    outcome: outcome.kind,
    failure: outcome.kind === 'failed' ? toFailureDocument(outcome.failure) : null,
    cancelledBy: outcome.kind === 'cancelled' ? outcome.by : null,
    finishReason: record.finishReason ?? null,
    modelAnswered: record.modelAnswered ?? null,
    isStreamed: record.isStreamed,
    tokens: {
      input: usage.inputTokens ?? null,
      output: output?.tokens ?? null,
      reasoning: usage.reasoningTokens ?? null,
      cached: usage.cachedInputTokens ?? null,
      source: output?.source ?? null,
    },
    events: record.events.map((event) => ({ ...event, tokens: event.tokens ?? null })),
    ...(record.text === undefined ? {} : { text: record.text }),
  };
}

function toFailureDocument(failure: Failure): RequestDocument['failure'] {
  return {
    kind: failure.kind,
    message: failure.message,
    status: failure.status ?? null,
    code: failure.code ?? null,
    retryAfterMs: failure.retryAfterMs ?? null,
    excerpt: failure.excerpt ?? null,
  };
}
