import { addressTargets } from '../../app/address/address-targets.ts';
import type { Surroundings } from '../../app/address/target-options.ts';
import { requireTokenizer } from '../../app/count-tokens.ts';
import { loadPrompts } from '../../app/load-prompts.ts';
import type { CredentialRenewal } from '../../app/renew-credentials.ts';
import { AppError } from '../../errors.ts';
import type { Load, StopRule } from '../../model/load.ts';
import type { Objective } from '../../model/objective.ts';
import type { Plan } from '../../model/plan.ts';
import type { Credentials } from '../../model/target.ts';
import { MS_PER_SECOND } from '../../model/units.ts';
import type { CacheMode, WorkloadItems } from '../../model/workload.ts';
import { readInterleave } from './interleave.ts';
import { durationOfLoad, readCancellation, readLoad, readWarmup } from './load.ts';
import { repeatArguments } from './repeat-arguments.ts';
import type { PlanFlags } from './run-flags.ts';
import { optional, readTargetOptions } from './target-flags.ts';
import {
  conflict,
  invalidFlag,
  readCount,
  readCountFromZero,
  readDuration,
  readLimit,
  readObjectives,
  readRate,
} from './values.ts';

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

/** Flags → plan. `names`: what was given beside flags. Rejects with one AppError before anything is sent. */
export async function planRun(
  flags: PlanFlags & { readonly saveText?: boolean },
  names: readonly string[],
  defaults: PlanDefaults,
): Promise<PlannedRun> {
  const options = readTargetOptions(flags, names);
  const load = readLoad(flags);
  const timeouts = readTimeouts(flags);
  const objectives = readAllObjectives(flags);
  const { origin, items } = await readWorkload(flags);
  const budgetUsd = readBudget(flags);
  const promptsHaveTools = items.some(({ tools }) => tools !== undefined);
  const addressed = await addressTargets({ ...options, promptsHaveTools }, defaults.surroundings);
  const { temperature, max_tokens: maxTokens, ...extra } = options.parameters;
  const seed = optional(flags.seed, '--seed', readCountFromZero) ?? defaults.freshSeed();
  const untold: Omit<Plan, 'interleave'> = {
    targets: addressed.map(({ target }) => target),
    workload: origin,
    load,
    stop: readStopRule(flags, load, items.length),
    ...readWarmup(flags),
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
    headerNames: Object.keys(options.headers),
    cache: readCache(flags, load),
    contextTiers: [],
    conversation: undefined,
    outputLength: 'limit',
    objectives,
    providerConcurrency: optional(flags.providerConcurrency, '--provider-concurrency', readCount),
    workers: readWorkers(flags.workers),
    seed,
    saveText: flags.saveText === true,
    repeatArguments: repeatArguments(flags, names, seed),
  };
  const plan: Plan = { ...untold, interleave: readInterleave(flags, untold) };
  return {
    plan,
    items,
    credentials: addressed.map(({ credentials }) => credentials),
    renewals: addressed.map(({ renewal }) => renewal),
    notes: addressed.flatMap(({ notes }) => notes),
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

async function readWorkload(flags: PlanFlags): ReturnType<typeof loadPrompts> {
  const { prompt = [], promptFile } = flags;
  if (promptFile !== undefined && prompt.length > 0) {
    throw conflict('--prompt', '--prompt-file', 'give prompts in one way');
  }
  if (promptFile !== undefined) return loadPrompts({ file: promptFile });
  if (prompt.length === 0) {
    throw new AppError('FLAG_MISSING', {
      flag: '--prompt-file',
      hint: 'name a file of prompts, or give one: --prompt "Say hello"',
    });
  }
  if (prompt.some((text) => text.trim() === '')) throw invalidFlag('--prompt', 'the text is empty');
  return loadPrompts({ texts: prompt });
}

/** A load of many requests would measure the prompt cache of the server; a few prompts, one after the other, are sent as they are. */
function readCache({ cache, randomizePrompt }: PlanFlags, load: Load): CacheMode {
  if (randomizePrompt === true && cache !== undefined && cache !== 'cold')
    throw conflict('--randomize-prompt', `--cache ${cache}`, '--randomize-prompt is another name of --cache cold');
  const isLoad = load.kind !== 'closed-loop' || load.concurrency > 1 || load.stages.length > 0;
  return cache ?? (randomizePrompt === true || isLoad ? 'cold' : 'natural');
}

function readWorkers(text: string | undefined): Plan['workers'] {
  return text === undefined || text === 'auto' ? 'auto' : readCount(text, '--workers');
}

function readStopRule(flags: PlanFlags, load: Load, promptCount: number): StopRule {
  if (flags.numRequests !== undefined && flags.runs !== undefined) {
    throw conflict('--num-requests', '--runs', '--runs sends each prompt so many times, --num-requests is the sum');
  }
  const runs = optional(flags.runs, '--runs', readCount);
  const requests =
    optional(flags.numRequests, '--num-requests', readCount) ?? (runs === undefined ? undefined : runs * promptCount);
  const durationMs = optional(flags.duration, '--duration', readLimit) ?? durationOfLoad(load, requests !== undefined);
  if (requests !== undefined || durationMs !== undefined) return { requests, durationMs };
  return { requests: flags.promptFile === undefined ? DEFAULT_INLINE_REQUESTS : promptCount, durationMs };
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

function readAllObjectives(flags: PlanFlags): readonly Objective[] {
  const seconds = (text: string, flag: string): number => readRate(text, flag) * MS_PER_SECOND;
  const ttft = optional(flags.maxTtftS, '--max-ttft-s', seconds);
  const e2e = optional(flags.maxE2eS, '--max-e2e-s', seconds);
  return [
    ...(flags.slo ?? []).flatMap((text) => readObjectives(text, '--slo')),
    ...(ttft === undefined ? [] : [{ metric: 'ttft' as const, max: ttft }]),
    ...(e2e === undefined ? [] : [{ metric: 'e2e' as const, max: e2e }]),
  ];
}
