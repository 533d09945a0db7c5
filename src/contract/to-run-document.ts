import { REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import type { Distribution } from '../metrics/distribution.ts';
import type { ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import { outputTokens } from '../metrics/tokens.ts';
import type { ImportOrigin } from '../model/imported.ts';
import type { Plan } from '../model/plan.ts';
import type { Failure, RequestRecord } from '../model/record.ts';
import { repeatCommand } from '../model/repeat-command.ts';
import type { Environment, Run, RunState } from '../model/run.ts';
import { toIntervalDocument } from './comparison-document.ts';
import {
  type ImportedDocument,
  type MetricDocument,
  type RequestDocument,
  RUN_DOCUMENT_SCHEMA,
  type RunDocument,
  type TargetDocument,
  type VerdictDocument,
} from './run-document.ts';

/** What a document is made from. */
export interface RunDocumentInput {
  readonly run: Run;
  readonly state: RunState;
  readonly durationMs: number;
  readonly targets: readonly TargetSummary[];
  readonly records: readonly RequestRecord[] | undefined;
  /** Undefined without conditions. */
  readonly verdict?: ThresholdVerdict | undefined;
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
      environment: toEnvironmentDocument(run.environment),
      ...(run.group === undefined ? {} : { group: { ...run.group, steps: run.group.steps ?? null } }),
      ...(run.labels.length === 0 ? {} : { labels: run.labels }),
      ...(run.imported === undefined ? {} : { imported: toImportedDocument(run.imported) }),
      repeat: repeatCommand(run),
    },
    plan: run.plan,
    targets: input.targets.map(toTargetDocument),
    ...(input.verdict === undefined ? {} : { verdict: toVerdictDocument(input.verdict) }),
    ...(records === undefined ? {} : { requests: records.map((record) => toRequestDocument(record, run.plan)) }),
  };
}

function toEnvironmentDocument({ calibration, ...environment }: Environment): RunDocument['run']['environment'] {
  return calibration === undefined ? environment : { ...environment, calibration };
}

function toImportedDocument({
  tool,
  toolVersion,
  file,
  importedAtIso,
  figures,
  facts,
}: ImportOrigin): ImportedDocument {
  return {
    tool,
    toolVersion: toolVersion ?? null,
    file,
    importedAt: importedAtIso,
    figures: figures.map((figure) => ({ ...figure, unit: figure.unit ?? null, sameAs: figure.sameAs ?? null })),
    facts,
  };
}

function toVerdictDocument({ isPassed, checks }: ThresholdVerdict): VerdictDocument {
  return {
    isPassed,
    checks: checks.map(({ threshold, target, status, value, note }) => ({
      condition: threshold.text,
      metric: threshold.metric,
      statistic: threshold.statistic ?? null,
      operator: threshold.operator,
      limit: threshold.limit,
      unit: threshold.unit,
      provider: target?.provider ?? null,
      model: target?.model ?? null,
      status,
      value: value ?? null,
      note: note ?? null,
    })),
  };
}

const UNITS: ReadonlyMap<string, string> = new Map(
  [...REQUEST_METRICS, ...WINDOW_METRICS].map((metric) => [metric.id, metric.unit]),
);

/** One target of a run, as documents have it. */
export function toTargetDocument(summary: TargetSummary): TargetDocument {
  const { target, throughput, fullThroughput, tokens } = summary;
  return {
    provider: target.provider,
    model: target.model,
    url: target.url,
    requests: summary.requests,
    failures: summary.failures,
    metrics: Object.fromEntries(
      Object.entries(summary.metrics).map(([id, values]) => [
        id,
        { ...toMetricDocument(values, UNITS.get(id) ?? ''), ...intervalsOf(summary, id) },
      ]),
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
      cacheWrite: tokens.cacheWrite ?? null,
      source: tokens.source ?? null,
    },
    goodRatio: summary.goodRatio ?? null,
    goodput: summary.goodput ?? null,
    errorRate: summary.errorRate ?? null,
    cost: toCostDocument(summary),
    validity: summary.validity.map((entry) => ({ ...entry, hint: entry.hint ?? null })),
    conversations: summary.conversations ?? null,
    stages: summary.stages.map((stage) => ({
      ...stage,
      outputTokensPerSecond: stage.outputTokensPerSecond ?? null,
      ttft: toMetricDocument(stage.ttft, 'ms'),
      e2e: toMetricDocument(stage.e2e, 'ms'),
    })),
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

function intervalsOf({ intervals }: TargetSummary, id: string): Pick<MetricDocument, 'ci95'> {
  const known = intervals[id];
  if (known === undefined) return {};
  return { ci95: { p50: toIntervalDocument(known.p50), p95: toIntervalDocument(known.p95) } };
}

function toCostDocument({ cost, target }: TargetSummary): TargetDocument['cost'] {
  const { price } = target.profile;
  return {
    usd: cost.usd ?? null,
    warmupUsd: cost.warmupUsd ?? null,
    isComplete: cost.usd !== undefined && cost.unknownRequests === 0,
    unknownRequests: cost.unknownRequests,
    priceSource: price?.source ?? null,
    priceAsOf: price?.asOf ?? null,
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

function toAskedDocument(asked: RequestRecord['asked']): RequestDocument['asked'] {
  if (asked === undefined) return null;
  return {
    inputTokens: asked.inputTokens ?? null,
    outputTokens: asked.outputTokens ?? null,
    contextTokens: asked.contextTokens ?? null,
    conversation: asked.conversation ?? null,
    turn: asked.turn ?? null,
    turns: asked.turns ?? null,
  };
}

/** One attempt; lists of them are long, so that exports write them one by one. */
export function toRequestDocument(record: RequestRecord, plan: Plan): RequestDocument {
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
    asked: toAskedDocument(record.asked),
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
      cacheWrite: usage.cacheWriteInputTokens ?? null,
      source: output?.source ?? null,
    },
    counted:
      record.counted === undefined
        ? null
        : {
            input: record.counted.inputTokens ?? null,
            output: record.counted.outputTokens ?? null,
            tokenizer: record.counted.tokenizer,
            isApproximate: record.counted.isApproximate,
          },
    serverTimingsMs: record.serverTimings ?? null,
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
