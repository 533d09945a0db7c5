/** Valid minimal objects for tests. Overrides are shallow: a nested object is replaced as a whole. */
import { BARE_PLAN, type Plan } from '../../src/model/plan.ts';
import type { Instants, RequestRecord, TokenEvent } from '../../src/model/record.ts';
import { type Environment, type Run, type ThreadHealth, UNKNOWN_HEALTH } from '../../src/model/run.ts';
import { EMPTY_PROFILE, type Target } from '../../src/model/target.ts';
import type { Milliseconds } from '../../src/model/units.ts';

/** A completed, streamed, measured request of target 0: started at 0 ms, two tokens at 100 and 120 ms, ended at 121 ms. */
export function buildRecord(overrides: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: 1,
    targetIndex: 0,
    phase: 'measure',
    promptIndex: 0,
    promptName: undefined,
    asked: undefined,
    attempt: 1,
    retryOf: undefined,
    instants: buildInstants({
      firstChunkAtMs: 100,
      firstTokenAtMs: 100,
      firstOutputAtMs: 100,
      lastTokenAtMs: 120,
      endedAtMs: 121,
    }),
    connection: { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined },
    events: [buildEvent({ atMs: 100 }), buildEvent({ atMs: 120 })],
    isStreamed: true,
    usage: {
      inputTokens: 10,
      cachedInputTokens: undefined,
      cacheWriteInputTokens: undefined,
      longCacheWriteInputTokens: undefined,
      outputTokens: 2,
      reasoningTokens: undefined,
      raw: undefined,
    },
    counted: undefined,
    serverTimings: undefined,
    finishReason: 'stop',
    modelAnswered: undefined,
    keepAlives: 0,
    outcome: { kind: 'completed' },
    text: undefined,
    ...overrides,
  };
}

/** What `buildStreamedRecord` needs; any other field of a record overrides what was derived. */
export interface StreamedRecordOptions extends Partial<RequestRecord> {
  readonly scheduledAtMs?: Milliseconds;
  readonly startedAtMs: Milliseconds;
  /** Ascending; one content event of one token each. Equal neighbours are marked coalesced. */
  readonly tokenAtMs: readonly Milliseconds[];
  readonly endedAtMs: Milliseconds;
}

/** A completed answer whose tokens came at the given instants; `usage.outputTokens` is their number. */
export function buildStreamedRecord(options: StreamedRecordOptions): RequestRecord {
  const { scheduledAtMs, startedAtMs, tokenAtMs, endedAtMs, ...overrides } = options;
  const firstAtMs = tokenAtMs.at(0);
  return buildRecord({
    instants: buildInstants({
      scheduledAtMs,
      startedAtMs,
      firstChunkAtMs: firstAtMs,
      firstTokenAtMs: firstAtMs,
      firstOutputAtMs: firstAtMs,
      lastTokenAtMs: tokenAtMs.at(-1),
      endedAtMs,
    }),
    events: tokenAtMs.map((atMs, index) => buildEvent({ atMs, isCoalesced: atMs === tokenAtMs[index - 1] })),
    usage: {
      inputTokens: 10,
      cachedInputTokens: undefined,
      cacheWriteInputTokens: undefined,
      longCacheWriteInputTokens: undefined,
      outputTokens: tokenAtMs.length,
      reasoningTokens: undefined,
      raw: undefined,
    },
    ...overrides,
  });
}

/** Started and ended at 0 ms, nothing between. */
export function buildInstants(overrides: Partial<Instants> = {}): Instants {
  return {
    scheduledAtMs: undefined,
    startedAtMs: 0,
    socketAtMs: undefined,
    sentAtMs: undefined,
    headersAtMs: undefined,
    firstChunkAtMs: undefined,
    firstTokenAtMs: undefined,
    firstOutputAtMs: undefined,
    lastTokenAtMs: undefined,
    toolNameAtMs: undefined,
    toolArgumentsAtMs: undefined,
    endedAtMs: 0,
    ...overrides,
  };
}

/** One content token of four bytes at 0 ms, in a read of its own. */
export function buildEvent(overrides: Partial<TokenEvent> = {}): TokenEvent {
  return { atMs: 0, kind: 'content', tokens: 1, bytes: 4, isCoalesced: false, ...overrides };
}

export function buildTarget(overrides: Partial<Target> = {}): Target {
  return {
    provider: 'local',
    model: 'fake',
    url: 'http://127.0.0.1:9999/v1',
    dialect: 'openai-chat',
    profile: EMPTY_PROFILE,
    ...overrides,
  };
}

/** One target, closed loop of one client, ten requests, no warm-up, no retries. */
export function buildPlan(overrides: Partial<Plan> = {}): Plan {
  return {
    ...BARE_PLAN,
    targets: [buildTarget()],
    workload: { source: 'inline', sha256: '0'.repeat(64), items: 1 },
    load: { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] },
    stop: { requests: 10, durationMs: undefined },
    timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 600_000 },
    retry: { maxRetries: 0, delayMs: 1_000 },
    ...overrides,
  };
}

export function buildEnvironment(overrides: Partial<Environment> = {}): Environment {
  return {
    node: '26.10.0',
    platform: 'linux',
    arch: 'x64',
    cpuModel: 'test',
    cpuCount: 2,
    memoryBytes: 8_000_000_000,
    transport: 'test 1.0.0',
    calibration: undefined,
    ...overrides,
  };
}

/** Run `run-1` of `buildPlan()`, begun at the start of 2026. */
export function buildRun(overrides: Partial<Run> = {}): Run {
  return {
    id: 'run-1',
    startedAtIso: '2026-01-01T00:00:00.000Z',
    version: '0.1.0',
    metricsVersion: 1,
    plan: buildPlan(),
    environment: buildEnvironment(),
    group: undefined,
    labels: [],
    imported: undefined,
    ...overrides,
  };
}

/** Of a run's only thread; what is not given is unknown. */
export function buildHealth(overrides: Partial<ThreadHealth> = {}): ThreadHealth {
  return { ...UNKNOWN_HEALTH, shardIndex: 0, ...overrides };
}
