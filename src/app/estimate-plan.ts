import { type BilledTokens, tokensCostUsd, worstRequestUsd } from '../metrics/cost.ts';
import type { Arrival, Load } from '../model/load.ts';
import { integralUpTo, inverseOf, profileOf, stagesMs } from '../model/load-profile.ts';
import type { Plan } from '../model/plan.ts';
import type { Target } from '../model/target.ts';
import { type Milliseconds, MS_PER_SECOND } from '../model/units.ts';
import { timedWarmupLoad } from '../model/warmup-load.ts';

/** What an earlier run of the same model tells of its answers. Means over completed requests; undefined: not known. */
export interface Experience {
  readonly runId: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly e2eMs: Milliseconds | undefined;
}

/** One prompt as a target would be sent it. */
export interface PromptSize {
  /** By a tokenizer; undefined: nobody counted. */
  readonly inputTokens: number | undefined;
  /** Of the whole body: no prompt has more tokens than bytes. */
  readonly bodyBytes: number;
  /** Limit of output tokens that is sent, or else the most that the model can; undefined: neither is known. */
  readonly maxTokens: number | undefined;
  /** Length that was asked for; undefined: none was. */
  readonly outputTokens?: number | undefined;
}

export interface EstimateInput {
  readonly plan: Plan;
  readonly target: Target;
  /** In the workload's order. */
  readonly prompts: readonly PromptSize[];
  readonly experience: Experience | undefined;
}

/** From the least to the most; undefined: cannot be said. */
export interface Span {
  readonly low: number | undefined;
  readonly expected: number | undefined;
  readonly worst: number | undefined;
}

/** What one target of a plan will take, told before anything is sent. */
export interface TargetEstimate {
  readonly target: Target;
  /** Requests, warm-up included; the worst with every retry that the plan allows. */
  readonly calls: Span;
  readonly inputTokens: Span;
  readonly outputTokens: Span;
  /** Undefined without a price, or (worst) without a limit of output tokens. */
  readonly costUsd: Span;
  readonly durationMs: Span;
  /** The dearest single request; a budget below this for the warm-up's first and one measured request cannot start. */
  readonly dearestRequestUsd: number | undefined;
  readonly assumptions: readonly string[];
}

/** Expected where no earlier run says more, unless the limit is lower. */
const ASSUMED_OUTPUT_TOKENS = 256;
/** Counts of arrivals stay above or below their mean by this many standard deviations but once in 30,000 runs. */
const SIGMAS = 4;

/** Reckons with the plan alone: sends and reads nothing. */
export function estimateTarget({ plan, target, prompts, experience }: EstimateInput): TargetEstimate {
  const measured = measuredCalls(plan, experience);
  const input = inputOf(prompts, experience);
  const output = outputOf(prompts, experience);
  const dearest = prompts.map((prompt) => worstRequestUsd(target.profile.price, prompt));
  const unmeasured = unmeasuredCalls(plan, experience);
  const worst = (each: readonly (number | undefined)[]): number | undefined =>
    worstSum(plan, { measured: measured.worst, unmeasured: unmeasured.worst }, each);
  const once = plus(measured, { ...unmeasured, ...atLeast(plan, unmeasured) });
  const calls = { ...once, worst: product(once.worst, plan.retry.maxRetries + 1) };
  return {
    target,
    calls,
    inputTokens: {
      low: product(calls.low, input),
      expected: product(calls.expected, input),
      worst: worst(prompts.map(({ bodyBytes }) => bodyBytes)),
    },
    outputTokens: {
      low: calls.low,
      expected: product(calls.expected, output.tokens),
      worst: worst(prompts.map(({ maxTokens }) => maxTokens)),
    },
    costUsd: {
      low: product(calls.low, costOf(target, input, 1)),
      expected: product(calls.expected, costOf(target, input, output.tokens)),
      worst: worst(dearest),
    },
    durationMs: durationOf(plan, plus(measured, all(plan.warmupRequests)), experience),
    dearestRequestUsd: most(dearest),
    assumptions: [
      output.assumption,
      ...(measured.expected === undefined && plan.load.kind === 'closed-loop'
        ? ['only time limits the closed loop: how many requests fit is not known']
        : []),
      ...(isRestUnknown(plan, unmeasured)
        ? ['how many requests fit before or after what is measured is not known']
        : []),
    ],
  };
}

/** Of a warm-up or cool-down by time that only answers could count: what is sure to be sent. The worst stays unknown. */
function atLeast({ warmupRequests }: Plan, { low, expected }: Span): Pick<Span, 'low' | 'expected'> {
  return { low: low ?? warmupRequests, expected: expected ?? warmupRequests };
}

function isRestUnknown({ warmupMs, cooldownMs }: Plan, unmeasured: Span): boolean {
  return (warmupMs !== undefined || cooldownMs !== undefined) && unmeasured.expected === undefined;
}

function plus(a: Span, b: Span): Span {
  const add = (side: keyof Span): number | undefined => sum(a[side], b[side]);
  return { low: add('low'), expected: add('expected'), worst: add('worst') };
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/**
 * The most that so many requests can sum up to: whole rounds of the prompts, the rest and the warm-up (which draws by chance) with
 * the largest ones, each with all its retries.
 */
function worstSum(
  { retry }: Plan,
  { measured: calls, unmeasured }: { readonly measured: number | undefined; readonly unmeasured: number | undefined },
  each: readonly (number | undefined)[],
): number | undefined {
  const largest = most(each);
  if (calls === undefined || unmeasured === undefined || largest === undefined) return undefined;
  const sorted = each.filter((value) => value !== undefined).toSorted((a, b) => b - a);
  const round = sorted.reduce((total, value) => total + value, 0);
  const rest = sorted.slice(0, calls % sorted.length).reduce((total, value) => total + value, 0);
  const measured = Math.floor(calls / sorted.length) * round + rest;
  return (measured + unmeasured * largest) * (retry.maxRetries + 1);
}

function measuredCalls({ load, stop }: Plan, experience: Experience | undefined): Span {
  const capped = (count: number | undefined): number | undefined =>
    count === undefined ? undefined : Math.min(count, stop.requests ?? Number.POSITIVE_INFINITY);
  if (stop.durationMs === undefined) return all(stop.requests);
  const { low, expected, worst } = callsBetween(load, [0, stop.durationMs], experience);
  return { low: capped(low), expected: capped(expected), worst: worst === undefined ? stop.requests : capped(worst) };
}

/** Of warm-up and cool-down. */
function unmeasuredCalls(
  { load, stop, warmupRequests, warmupMs, cooldownMs }: Plan,
  experience: Experience | undefined,
): Span {
  const warmup = warmupMs === undefined ? all(0) : callsBetween(timedWarmupLoad(load), [0, warmupMs], experience);
  // Where a number of requests ends the measured phase, the load is taken to hold by then.
  const endMs = stop.durationMs ?? (load.kind === 'trace' ? 0 : stagesMs(load.stages));
  const cooldown = cooldownMs === undefined ? all(0) : callsBetween(load, [endMs, endMs + cooldownMs], experience);
  return plus(all(warmupRequests), plus(warmup, cooldown));
}

/** How many requests a span of a load's time has. Of a closed loop only an earlier run tells. */
function callsBetween(
  load: Load,
  [fromMs, toMs]: readonly [Milliseconds, Milliseconds],
  experience: Experience | undefined,
): Span {
  const profile = profileOf(load);
  if (profile === undefined) return all(undefined);
  const area = integralUpTo(profile, toMs) - integralUpTo(profile, fromMs);
  if (load.kind === 'open-loop') {
    const spread = spreadOf(load.arrival, area);
    return {
      low: Math.max(0, Math.floor(area - spread)),
      expected: Math.round(area),
      worst: Math.ceil(area + spread),
    };
  }
  const eachMs = load.kind === 'closed-loop' ? sum(experience?.e2eMs, load.requestDelayMs) : undefined;
  const fitting = eachMs === undefined ? undefined : Math.ceil((area * MS_PER_SECOND) / eachMs);
  return { low: undefined, expected: fitting, worst: undefined };
}

/** How far a count may be from its mean; a renewal process has a variance of cv² times its mean count. */
function spreadOf(arrival: Arrival, mean: number): number {
  if (arrival === 'constant') return 0;
  if (arrival === 'poisson') return SIGMAS * Math.sqrt(mean);
  return arrival.kind === 'burst' ? arrival.size : SIGMAS * arrival.cv * Math.sqrt(mean) + arrival.cv ** 2;
}

function inputOf(prompts: readonly PromptSize[], experience: Experience | undefined): number | undefined {
  // Another workload's prompts say nothing of lengths that were asked for.
  const isAsked = prompts.some(({ outputTokens }) => outputTokens !== undefined);
  return (isAsked ? undefined : experience?.inputTokens) ?? mean(prompts.map(({ inputTokens }) => inputTokens));
}

function outputOf(
  prompts: readonly PromptSize[],
  experience: Experience | undefined,
): { readonly tokens: number; readonly assumption: string } {
  const asked = mean(prompts.map(({ outputTokens }) => outputTokens));
  if (asked !== undefined) return { tokens: asked, assumption: 'answers as long as they were asked to be' };
  if (experience?.outputTokens !== undefined) {
    return { tokens: experience.outputTokens, assumption: `answers as long as in ${experience.runId}` };
  }
  const limits = prompts.map(({ maxTokens }) => Math.min(maxTokens ?? Number.POSITIVE_INFINITY, ASSUMED_OUTPUT_TOKENS));
  const tokens = mean(limits) ?? ASSUMED_OUTPUT_TOKENS;
  return { tokens, assumption: `answers of ${Math.round(tokens)} tokens, for no earlier run of this model is at hand` };
}

function costOf(target: Target, input: number | undefined, output: number): number | undefined {
  const { price } = target.profile;
  if (price === undefined || input === undefined) return undefined;
  const tokens: BilledTokens = { input, cached: 0, cacheWrite: 0, longCacheWrite: 0, output, reasoning: 0 };
  return tokensCostUsd(tokens, price) + price.perRequestUsd;
}

/** From the first request to the end of the load; answers that are awaited then come on top. */
function durationOf(plan: Plan, measured: Span, experience: Experience | undefined): Span {
  const { stop, warmupMs, cooldownMs } = plan;
  const withRest = (ms: number | undefined): number | undefined => sum(ms, (warmupMs ?? 0) + (cooldownMs ?? 0));
  if (stop.durationMs !== undefined && stop.requests === undefined) return all(withRest(stop.durationMs));
  const expected = timeOf(plan, measured.expected, experience);
  const limit = stop.durationMs ?? Number.POSITIVE_INFINITY;
  return {
    low: undefined,
    expected: withRest(expected === undefined ? undefined : Math.min(expected, limit)),
    worst: withRest(stop.durationMs),
  };
}

/** How long a load takes for so many requests. */
function timeOf(
  { load }: Plan,
  calls: number | undefined,
  experience: Experience | undefined,
): Milliseconds | undefined {
  const profile = profileOf(load);
  if (profile === undefined || calls === undefined) return undefined;
  if (load.kind === 'open-loop') return inverseOf(profile, calls);
  const eachMs = load.kind === 'closed-loop' ? sum(experience?.e2eMs, load.requestDelayMs) : undefined;
  return eachMs === undefined ? undefined : inverseOf(profile, (calls * eachMs) / MS_PER_SECOND);
}

function all(value: number | undefined): Span {
  return { low: value, expected: value, worst: value };
}

function product(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a * b;
}

/** The largest; undefined when one is unknown, or there is none. */
function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length || known.length === 0
    ? undefined
    : known.reduce((largest, value) => Math.max(largest, value));
}

/** Undefined when one is unknown, or there is none. */
function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length || known.length === 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Over all targets; undefined as soon as one is. */
export function totalOf(estimates: readonly TargetEstimate[], of: (one: TargetEstimate) => Span): Span {
  const sum = (side: keyof Span): number | undefined =>
    estimates.reduce<number | undefined>((total, one) => {
      const value = of(one)[side];
      return total === undefined || value === undefined ? undefined : total + value;
    }, 0);
  return { low: sum('low'), expected: sum('expected'), worst: sum('worst') };
}

/**
 * The least budget with which each target gets its warm-up's first and one measured request; undefined when a price or a limit of
 * output tokens is unknown.
 */
export function smallestWorkableUsd(plan: Plan, estimates: readonly TargetEstimate[]): number | undefined {
  const requests = plan.warmupRequests > 0 ? 2 : 1;
  return estimates.reduce<number | undefined>((total, { dearestRequestUsd }) => {
    return total === undefined || dearestRequestUsd === undefined ? undefined : total + dearestRequestUsd * requests;
  }, 0);
}
