/** Run, progress and window ↔ rows of `runs`, `providers` and `window_metrics_1s`, once for all databases. */

import type { ImportOrigin, ImportTool } from '../model/imported.ts';
import type { Load } from '../model/load.ts';
import type { Parameters } from '../model/parameters.ts';
import type { Plan } from '../model/plan.ts';
import type { Price } from '../model/price.ts';
import {
  type Baseline,
  type Environment,
  type Run,
  type RunGroup,
  type RunState,
  type TargetProgress,
  type ThreadHealth,
  UNKNOWN_HEALTH,
} from '../model/run.ts';
import { EMPTY_PROFILE, type Target, type TargetProfile } from '../model/target.ts';
import type { Window } from '../model/window.ts';
import {
  type Cell,
  number,
  numberIfAny,
  parseJsonCell,
  type Row,
  text,
  textIfAny,
  toCell,
  toTextCell,
  UnreadableRow,
  word,
} from './cells.ts';

export const RUN_COLUMNS = {
  run_id: 'text',
  started_at_iso: 'text',
  state: 'text',
  duration_ms: 'double',
  version: 'text',
  metrics_version: 'integer',
  plan_json: 'text',
  environment_json: 'text',
  group_id: 'text',
  group_json: 'text',
  labels_json: 'text',
  imported_from: 'text',
  imported_json: 'text',
  events_dropped_at_iso: 'text',
} as const;

export const BASELINE_COLUMNS = { name: 'text', run_id: 'text', set_at_iso: 'text' } as const;

/** One row a target, from the run's start; what is measured is missing until the target was begun. */
export const PROVIDER_COLUMNS = {
  run_id: 'text',
  target_index: 'integer',
  provider: 'text',
  model: 'text',
  url: 'text',
  dialect: 'text',
  measure_start_at_ms: 'double',
  measure_end_at_ms: 'double',
  drain_end_at_ms: 'double',
  dropped: 'double',
  cpu_ratio: 'double',
  event_loop_delay_p99_ms: 'double',
  threads_json: 'text',
} as const;

export const WINDOW_COLUMNS = {
  run_id: 'text',
  target_index: 'integer',
  second: 'integer',
  completed: 'integer',
  failed: 'integer',
  good: 'integer',
  tokens: 'double',
  in_flight: 'integer',
} as const;

export type RunRow = { readonly [column in keyof typeof RUN_COLUMNS]: Cell };
export type ProviderRow = { readonly [column in keyof typeof PROVIDER_COLUMNS]: Cell };
export type WindowRow = { readonly [column in keyof typeof WINDOW_COLUMNS]: Cell };

/** A run that begins: its state is `running`, its duration not known. */
export function toRunRow(run: Run): RunRow {
  return {
    run_id: run.id,
    started_at_iso: run.startedAtIso,
    state: 'running',
    duration_ms: null,
    version: run.version,
    metrics_version: run.metricsVersion,
    plan_json: JSON.stringify(run.plan),
    environment_json: JSON.stringify(run.environment),
    group_id: toTextCell(run.group?.id),
    group_json: run.group === undefined ? null : JSON.stringify(run.group),
    labels_json: run.labels.length === 0 ? null : JSON.stringify(run.labels),
    imported_from: run.imported?.tool ?? null,
    imported_json: run.imported === undefined ? null : JSON.stringify(run.imported),
    events_dropped_at_iso: null,
  };
}

/** Throws `UnreadableRow`. */
export function fromRunRow(row: Row): Run {
  return {
    id: text(row, 'run_id'),
    startedAtIso: text(row, 'started_at_iso'),
    version: text(row, 'version'),
    metricsVersion: number(row, 'metrics_version'),
    plan: fromPlanJson(text(row, 'plan_json')),
    environment: fromEnvironmentJson(text(row, 'environment_json')),
    group: fromGroupCell(textIfAny(row, 'group_json')),
    labels: fromLabelsCell(textIfAny(row, 'labels_json')),
    imported: fromImportedCell(textIfAny(row, 'imported_json')),
  };
}

/** As the row says; whether a `running` one still lives is for the store to know. */
export function fromStateCell(row: Row): RunState {
  return word(row, 'state', RUN_STATES);
}

const RUN_STATES: Readonly<Record<RunState, true>> = {
  running: true,
  completed: true,
  interrupted: true,
  cancelled: true,
  'over-budget': true,
  failed: true,
};

/** One row for each target of the plan, none of them begun. */
export function toProviderRows(run: Run): readonly ProviderRow[] {
  return run.plan.targets.map((target, index) => ({
    run_id: run.id,
    target_index: index,
    provider: toTextCell(target.provider),
    model: toTextCell(target.model),
    url: toTextCell(target.url),
    dialect: target.dialect,
    measure_start_at_ms: null,
    measure_end_at_ms: null,
    drain_end_at_ms: null,
    dropped: null,
    cpu_ratio: null,
    event_loop_delay_p99_ms: null,
    threads_json: null,
  }));
}

/** The columns of a target's row that its progress sets. */
export type ProgressRow = Omit<ProviderRow, 'run_id' | 'target_index' | 'provider' | 'model' | 'url' | 'dialect'>;

export function toProgressRow(progress: TargetProgress): ProgressRow {
  return {
    measure_start_at_ms: toCell(progress.measureStartAtMs),
    measure_end_at_ms: toCell(progress.measureEndAtMs),
    drain_end_at_ms: toCell(progress.drainEndAtMs),
    dropped: progress.dropped,
    // The worst, for whoever asks in SQL.
    cpu_ratio: toCell(worstOf(progress.threads, ({ cpuRatio }) => cpuRatio)),
    event_loop_delay_p99_ms: toCell(worstOf(progress.threads, (thread) => thread.eventLoopDelayP99Ms)),
    threads_json: JSON.stringify(progress.threads),
  };
}

/** Undefined for a target that was not begun. Throws `UnreadableRow`. */
export function fromProviderRow(row: Row): TargetProgress | undefined {
  const dropped = numberIfAny(row, 'dropped');
  if (dropped === undefined) return undefined;
  return {
    targetIndex: number(row, 'target_index'),
    measureStartAtMs: numberIfAny(row, 'measure_start_at_ms'),
    measureEndAtMs: numberIfAny(row, 'measure_end_at_ms'),
    drainEndAtMs: numberIfAny(row, 'drain_end_at_ms'),
    dropped,
    threads: fromThreadCells(row),
  };
}

function worstOf(
  threads: readonly ThreadHealth[],
  of: (thread: ThreadHealth) => number | undefined,
): number | undefined {
  const values = threads.map(of).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : Math.max(...values);
}

/** Of one thread, and only two figures of it, until there could be several. */
function fromThreadCells(row: Row): readonly ThreadHealth[] {
  const json = textIfAny(row, 'threads_json');
  if (json === undefined) {
    const cpuRatio = numberIfAny(row, 'cpu_ratio');
    const eventLoopDelayP99Ms = numberIfAny(row, 'event_loop_delay_p99_ms');
    return [{ ...UNKNOWN_HEALTH, shardIndex: 0, cpuRatio, eventLoopDelayP99Ms }];
  }
  const parsed = parseJsonCell(json, 'threads_json');
  const isThread = (value: unknown): value is ThreadHealth => isShaped(value, ['shardIndex']);
  if (!Array.isArray(parsed) || !parsed.every(isThread))
    throw new UnreadableRow('column threads_json holds no threads');
  return parsed.map((thread) => ({ ...UNKNOWN_HEALTH, ...thread }));
}

export function toWindowRow(runId: string, targetIndex: number, window: Window): WindowRow {
  return {
    run_id: runId,
    target_index: targetIndex,
    second: window.second,
    completed: window.completed,
    failed: window.failed,
    good: window.good,
    tokens: window.tokens,
    in_flight: window.inFlight,
  };
}

/** Throws `UnreadableRow`. */
export function fromWindowRow(row: Row): Window {
  return {
    second: number(row, 'second'),
    completed: number(row, 'completed'),
    failed: number(row, 'failed'),
    good: number(row, 'good'),
    tokens: number(row, 'tokens'),
    inFlight: number(row, 'in_flight'),
  };
}

/** JSON leaves out what is undefined; a plan names every field, so they are put back. */
function fromPlanJson(json: string): Plan {
  const parsed = parseJsonCell(json, 'plan_json');
  if (!isShaped(parsed, ['targets', 'workload', 'load', 'stop', 'timeouts', 'retry', 'parameters'])) {
    throw new UnreadableRow('column plan_json holds no plan');
  }
  // Only this store writes the column, and a newer schema is refused before: the shape is known to be a plan's.
  const plan = parsed as unknown as Plan;
  return Object.assign({ ...ABSENT_FROM_PLANS }, plan, {
    targets: plan.targets.map(withProfile),
    load: withAllOfLoad(plan.load),
    stop: Object.assign({ requests: undefined, durationMs: undefined }, plan.stop),
    timeouts: Object.assign({ firstTokenMs: undefined, idleMs: undefined }, plan.timeouts),
    parameters: withAllParameters(plan.parameters),
    tokenCounting: Object.assign({ when: 'missing', tokenizer: undefined }, plan.tokenCounting),
    workload: Object.assign({ items: undefined }, plan.workload),
    cache: plan.cache ?? (isPrefixed(parsed) ? 'cold' : 'natural'),
  });
}

/** Before there were three kinds of cache, a plan said whether each prompt had a prefix of its own. */
function isPrefixed(plan: Readonly<Record<string, unknown>>): boolean {
  return plan['randomizePrompt'] === true;
}

/** What JSON leaves out, and what plans of earlier versions do not have. */
const ABSENT_FROM_PLANS = {
  interleave: undefined,
  providerConcurrency: undefined,
  parameterMode: 'pass',
  budgetUsd: undefined,
  warmupMs: undefined,
  cooldownMs: undefined,
  cancellation: undefined,
  repeatArguments: undefined,
  contextTiers: [],
  isHttp2: false,
  conversation: undefined,
  outputLength: 'limit',
  workers: 'auto',
  quantileObjectives: [],
} as const;

function withAllParameters(parameters: Parameters): Parameters {
  return Object.assign({ temperature: undefined, maxTokens: undefined, maxTokensName: undefined }, parameters);
}

function withProfile(target: Target): Target {
  const profile: TargetProfile = Object.assign({ ...EMPTY_PROFILE }, target.profile);
  return {
    ...target,
    profile: {
      ...profile,
      parameters: profile.parameters === undefined ? undefined : withAllParameters(profile.parameters),
      adjustments: profile.adjustments.map((each) => Object.assign({ to: undefined, sentAs: undefined }, each)),
      price: profile.price === undefined ? undefined : withAllRates(profile.price),
      template:
        profile.template === undefined
          ? undefined
          : Object.assign({ body: undefined, doneMarker: undefined }, profile.template, {
              paths: Object.assign({ ...ABSENT_PATHS }, profile.template.paths),
            }),
    },
  };
}

function withAllRates(price: Price): Price {
  return Object.assign({ ...ABSENT_RATES, asOf: undefined }, price, {
    tiers: price.tiers.map((tier) => Object.assign({ ...ABSENT_RATES }, tier)),
  });
}

const ABSENT_RATES = {
  cachedInputUsd: undefined,
  cacheWriteUsd: undefined,
  longCacheWriteUsd: undefined,
  reasoningUsd: undefined,
} as const;

const ABSENT_PATHS = {
  reasoning: undefined,
  finish: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  error: undefined,
} as const;

function withAllOfLoad(load: Load): Load {
  return load.kind === 'closed-loop'
    ? Object.assign({ stages: [] }, load)
    : Object.assign({ maxInFlight: undefined }, load.kind === 'open-loop' ? { stages: [] } : {}, load);
}

const ABSENT_LIMITS = { streams: undefined, ratePerSecond: undefined, chunksPerSecond: undefined } as const;

function fromEnvironmentJson(json: string): Environment {
  const parsed = parseJsonCell(json, 'environment_json');
  if (!isShaped(parsed, ['node', 'platform', 'arch', 'cpuModel', 'cpuCount', 'memoryBytes', 'transport'])) {
    throw new UnreadableRow('column environment_json holds no environment');
  }
  const environment = parsed as unknown as Environment;
  const { calibration } = environment;
  return {
    ...environment,
    calibration: calibration && Object.assign({ ...ABSENT_LIMITS }, calibration),
  };
}

function fromGroupCell(json: string | undefined): RunGroup | undefined {
  if (json === undefined) return undefined;
  const parsed = parseJsonCell(json, 'group_json');
  if (!isShaped(parsed, ['id', 'kind', 'step', 'values', 'asked'])) {
    throw new UnreadableRow('column group_json holds no group');
  }
  return Object.assign({ steps: undefined }, parsed as unknown as RunGroup);
}

function isShaped(value: unknown, keys: readonly string[]): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && keys.every((key) => Object.hasOwn(value, key));
}

/** None before there were any. Throws `UnreadableRow`. */
export function fromLabelsCell(json: string | undefined): readonly string[] {
  if (json === undefined) return [];
  const parsed = parseJsonCell(json, 'labels_json');
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (!Array.isArray(parsed) || !parsed.every(isText)) throw new UnreadableRow('column labels_json holds no labels');
  return parsed;
}

function fromImportedCell(json: string | undefined): ImportOrigin | undefined {
  if (json === undefined) return undefined;
  const parsed = parseJsonCell(json, 'imported_json');
  if (!isShaped(parsed, ['tool', 'file', 'importedAtIso', 'figures', 'facts'])) {
    throw new UnreadableRow('column imported_json holds no origin');
  }
  const origin = parsed as unknown as ImportOrigin;
  const figures = origin.figures.map((figure) => Object.assign({ unit: undefined, sameAs: undefined }, figure));
  return Object.assign({ toolVersion: undefined }, origin, { figures });
}

/** Words of `imported_from`. */
export const TOOLS: Readonly<Record<ImportTool, true>> = {
  'llm-bench': true,
  vllm: true,
  aiperf: true,
  guidellm: true,
};

/** Throws `UnreadableRow`. */
export function fromBaselineRow(row: Row): Baseline {
  return { name: text(row, 'name'), runId: text(row, 'run_id'), setAtIso: text(row, 'set_at_iso') };
}

export function toBaselineRow({ name, runId, setAtIso }: Baseline): Row {
  return { name: toTextCell(name), run_id: runId, set_at_iso: setAtIso };
}
