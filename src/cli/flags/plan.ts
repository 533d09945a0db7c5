import { addressTargets } from '../../app/address/address-targets.ts';
import type { Surroundings } from '../../app/address/target-options.ts';
import { requireTokenizer } from '../../app/count-tokens.ts';
import { withExactLength } from '../../app/exact-length.ts';
import type { DraftedWorkload } from '../../app/prepare-workload.ts';
import type { CredentialRenewal } from '../../app/renew-credentials.ts';
import type { Load, StopRule } from '../../model/load.ts';
import type { Objective } from '../../model/objective.ts';
import type { Plan } from '../../model/plan.ts';
import type { WorkloadItems } from '../../model/recipe.ts';
import type { Credentials } from '../../model/target.ts';
import { MS_PER_SECOND } from '../../model/units.ts';
import type { WorkloadOrigin } from '../../model/workload.ts';
import { readInterleave } from './interleave.ts';
import { durationOfLoad, readCancellation, readLoad, readWarmup } from './load.ts';
import { repeatArguments } from './repeat-arguments.ts';
import type { PlanFlags } from './run-flags.ts';
import { readSlo, type Slo } from './slo.ts';
import { optional, readTargetOptions } from './target-flags.ts';
import { conflict, readCount, readCountFromZero, readDuration, readLimit, readRate } from './values.ts';
import {
  defaultRequests,
  draftPrompts,
  fillWorkload,
  promptCountOf,
  readSending,
  requireLength,
  warmupOf,
  withWarmPrompts,
} from './workload-flags.ts';

/** All that a run needs. */
export interface PlannedRun {
  readonly plan: Plan;
  readonly items: WorkloadItems;
  /** By target. */
  readonly credentials: readonly Credentials[];
  readonly renewals: readonly (CredentialRenewal | undefined)[];
  /** What the user should know before anything is sent. */
  readonly notes: readonly string[];
}

/** What holds where no flag was given. */
export interface PlanDefaults {
  readonly surroundings: Surroundings;
  readonly freshSeed: () => number;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_TOTAL_TIMEOUT_MS = 120_000;
const DEFAULT_RETRY_DELAY_MS = 1_000;
/** One prompt sent once would say little. */
const DEFAULT_INLINE_REQUESTS = 10;

/** Until the prompts are made. */
const NO_ORIGIN: WorkloadOrigin = { source: '', sha256: '', items: undefined };
const SHARED_CONNECTIONS = 'over HTTP/2 requests share connections, and may wait for each other on the way';

/** Flags → plan. `names`: what was given beside flags. Rejects with one AppError before anything is sent. */
export async function planRun(
  flags: PlanFlags & { readonly saveText?: boolean },
  names: readonly string[],
  defaults: PlanDefaults,
): Promise<PlannedRun> {
  const options = readTargetOptions(flags, names);
  const load = readLoad(flags, flags.trace !== undefined);
  const timeouts = readTimeouts(flags);
  const slo = readSlo(flags.slo);
  const objectives = readAllObjectives(flags, slo);
  const given = await draftPrompts(flags);
  const sending = readSending(flags, { drafted: given, load });
  const drafted = withWarmPrompts(given, sending.cache);
  const promptCount = promptCountOf(drafted, sending.contextTiers.length);
  const budgetUsd = readBudget(flags);
  const promptsHaveTools = drafted.kind === 'given' && drafted.workload.items.some(({ tools }) => tools !== undefined);
  const addressed = await addressTargets({ ...options, promptsHaveTools }, defaults.surroundings);
  const { temperature, max_tokens: maxTokens, ...extra } = options.parameters;
  const seed = optional(flags.seed, '--seed', readCountFromZero) ?? defaults.freshSeed();
  const stop = readStopRule(flags, load, { drafted, promptCount });
  const isExact = sending.outputLength === 'exact';
  if (isExact) requireLength(drafted, maxTokens);
  const targets = isExact
    ? await withExactLength(addressed, defaults.surroundings)
    : addressed.map(({ target }) => target);
  const untold: Omit<Plan, 'interleave'> = {
    targets,
    workload: NO_ORIGIN,
    load,
    stop,
    ...warmupOf(readWarmup(flags), { cache: sending.cache, promptCount, requests: stop.requests }),
    cooldownMs: optional(flags.cooldown, '--cooldown', readLimit),
    cancellation: optional(flags.cancelRate, '--cancel-rate', readCancellation),
    timeouts,
    retry: {
      maxRetries: optional(flags.maxRetries, '--max-retries', readCountFromZero) ?? 0,
      delayMs: optional(flags.retryDelay, '--retry-delay', readDuration) ?? DEFAULT_RETRY_DELAY_MS,
    },
    parameters: {
      temperature: typeof temperature === 'number' ? temperature : undefined,
      maxTokens: typeof maxTokens === 'number' ? maxTokens : undefined,
      maxTokensName: undefined,
      extra,
    },
    parameterMode: options.parameterMode,
    tokenCounting: readTokenCounting(flags),
    budgetUsd,
    isStreamed: flags.stream,
    isHttp2: flags.http2 === true,
    headerNames: Object.keys(options.headers),
    ...sending,
    objectives,
    quantileObjectives: slo.quantiles,
    providerConcurrency: optional(flags.providerConcurrency, '--provider-concurrency', readCount),
    workers: readWorkers(flags.workers),
    seed,
    saveText: flags.saveText === true,
    repeatArguments: repeatArguments(flags, names, seed),
  };
  const wanted: Plan = { ...untold, interleave: readInterleave(flags, untold) };
  const { plan, items, notes } = await fillWorkload(drafted, wanted, {
    countingThreadUrl: defaults.surroundings.countingThreadUrl,
    isCounted: flags.numRequests !== undefined,
  });
  return {
    plan,
    items,
    credentials: addressed.map(({ credentials }) => credentials),
    renewals: addressed.map(({ renewal }) => renewal),
    notes: [...addressed.flatMap((one) => one.notes), ...notes, ...(plan.isHttp2 ? [SHARED_CONNECTIONS] : [])],
  };
}

/** A cap needs a first request that finds out what the server really bills. */
function readBudget(flags: PlanFlags): number | undefined {
  const budgetUsd = optional(flags.budget, '--budget', readRate);
  if (budgetUsd === undefined || flags.warmup !== '0') return budgetUsd;
  throw conflict(
    '--budget',
    '--warmup 0',
    'the first warm-up request finds out what the server bills; leave --warmup at 1',
  );
}

function readWorkers(text: string | undefined): Plan['workers'] {
  return text === undefined || text === 'auto' ? 'auto' : readCount(text, '--workers');
}

function readStopRule(
  flags: PlanFlags,
  load: Load,
  { drafted, promptCount }: { readonly drafted: DraftedWorkload; readonly promptCount: number | undefined },
): StopRule {
  if (flags.numRequests !== undefined && flags.runs !== undefined) {
    throw conflict('--num-requests', '--runs', '--runs sends each prompt so many times, --num-requests is the sum');
  }
  const runs = optional(flags.runs, '--runs', readCount);
  const requests =
    optional(flags.numRequests, '--num-requests', readCount) ??
    (runs === undefined ? undefined : runs * countForRuns(drafted, promptCount));
  const durationMs = optional(flags.duration, '--duration', readLimit) ?? durationOfLoad(load, requests !== undefined);
  if (requests !== undefined || durationMs !== undefined) return { requests, durationMs };
  const isInline = flags.prompt !== undefined && flags.contextTiers === undefined;
  return { requests: isInline ? DEFAULT_INLINE_REQUESTS : defaultRequests(drafted, promptCount), durationMs };
}

function countForRuns(drafted: DraftedWorkload, promptCount: number | undefined): number {
  if (drafted.kind === 'dataset') throw conflict('--runs', '--dataset', 'say how many requests by --num-requests');
  if (promptCount !== undefined) return promptCount;
  throw conflict(
    '--runs',
    '--synthetic',
    'every request has its own prompt: say how many by --num-requests, or add prompts=50',
  );
}

function readTokenCounting({ countTokens, tokenizer }: PlanFlags): Plan['tokenCounting'] {
  if (tokenizer !== undefined) requireTokenizer(tokenizer);
  return { when: countTokens === true ? 'always' : 'missing', tokenizer };
}

function readTimeouts(flags: PlanFlags): Plan['timeouts'] {
  return {
    connectMs: optional(flags.connectTimeout, '--connect-timeout', readLimit) ?? DEFAULT_CONNECT_TIMEOUT_MS,
    firstTokenMs: optional(flags.firstTokenTimeout, '--first-token-timeout', readLimit),
    idleMs: optional(flags.idleTimeout, '--idle-timeout', readLimit),
    totalMs: optional(flags.timeout, '--timeout', readLimit) ?? DEFAULT_TOTAL_TIMEOUT_MS,
  };
}

/**
 * The limit of a high quantile is one of each request too: of a run that keeps ttft.p95 ≤ 500 ms, 95 % of requests do. That of a
 * median is not: half of the requests may be above it.
 */
function readAllObjectives(flags: PlanFlags, { each, quantiles }: Slo): readonly Objective[] {
  const seconds = (text: string, flag: string): number => readRate(text, flag) * MS_PER_SECOND;
  const ttft = optional(flags.maxTtftS, '--max-ttft-s', seconds);
  const e2e = optional(flags.maxE2eS, '--max-e2e-s', seconds);
  return [
    ...each,
    ...quantiles.filter(({ quantile }) => quantile !== 'p50').map(({ metric, max }) => ({ metric, max })),
    ...(ttft === undefined ? [] : [{ metric: 'ttft' as const, max: ttft }]),
    ...(e2e === undefined ? [] : [{ metric: 'e2e' as const, max: e2e }]),
  ];
}
