import type { PlannedStep } from '../../app/step-runs.ts';
import type { Load } from '../../model/load.ts';
import { type Axis, combinationsOf, flagsOf, refuseTwofold, withLoadValue } from './axes.ts';
import { type PlanDefaults, type PlannedRun, planRun } from './plan.ts';
import { repeatArguments } from './repeat-arguments.ts';
import type { PlanFlags } from './run-flags.ts';

/** Long enough that a load settles and quantiles mean something; short enough that a sweep ends. */
const DEFAULT_STEP_DURATION = '30s';

export interface PlannedSteps {
  /** In the order in which they run. */
  readonly steps: readonly PlannedStep[];
  /** What the user should know before anything is sent, without repeats. */
  readonly notes: readonly string[];
  /** The first step, which stands for all where they do not differ. */
  readonly first: PlannedRun;
  /** The first one's plan under another load, and with a seed so much higher. */
  readonly at: (values: PlannedStep['values'], seedsOn?: number) => PlannedStep;
}

/**
 * One plan a step. Targets are addressed once for each combination of what is no load, and all steps share one seed. Rejects as
 * `planRun` does.
 */
export async function planSteps(
  flags: PlanFlags,
  names: readonly string[],
  { axes, defaults }: { readonly axes: readonly Axis[]; readonly defaults: PlanDefaults },
): Promise<PlannedSteps> {
  refuseTwofold(axes, { ...flags });
  const seed = flags.seed ?? String(defaults.freshSeed());
  const isBounded = [flags.duration, flags.numRequests, flags.runs].some((given) => given !== undefined);
  // What is measured at several loads is a load, with a first step of one client too.
  const cache = flags.cache ?? 'cold';
  const given = { ...flags, seed, cache, ...(isBounded ? {} : { duration: DEFAULT_STEP_DURATION }) };
  const known = new Map<string, PlannedRun>();
  const steps: PlannedStep[] = [];
  for (const values of combinationsOf(axes)) {
    const { rate: _rate, concurrency: _concurrency, ...sent } = values;
    const key = JSON.stringify(sent);
    const planned = known.get(key) ?? (await planRun({ ...given, ...flagsOf(values, flags) }, names, defaults));
    known.set(key, planned);
    steps.push(stepAt(planned, { values, seed: planned.plan.seed, given, names }));
  }
  const [first] = known.values();
  if (first === undefined) throw new Error('a sweep without steps');
  return {
    steps,
    first,
    at: (values, seedsOn = 0) => stepAt(first, { values, seed: first.plan.seed + seedsOn, given, names }),
    notes: [...new Set([...known.values()].flatMap(({ notes }) => notes))],
  };
}

interface StepInput {
  readonly values: PlannedStep['values'];
  readonly seed: number;
  readonly given: PlanFlags;
  readonly names: readonly string[];
}

/** The same plan under another load. */
function stepAt({ plan, ...planned }: PlannedRun, { values, seed, given, names }: StepInput): PlannedStep {
  const { items, credentials, renewals } = planned;
  const warmup = given.warmup === undefined ? warmupAt(values, plan.warmupRequests) : undefined;
  const repeat = repeatArguments(
    { ...given, ...(warmup === undefined ? {} : { warmup: String(warmup) }), ...flagsOf(values, given) },
    names,
    seed,
  );
  return {
    ...{ items, credentials, renewals, values },
    plan: {
      ...plan,
      load: loadAt(plan.load, values),
      warmupRequests:
        plan.cache === 'warm' ? Math.max(plan.warmupRequests, warmup ?? 0) : (warmup ?? plan.warmupRequests),
      seed,
      repeatArguments: repeat,
    },
  };
}

/** Enough to open every connection before it is measured; how many an open loop needs is not known before. */
function warmupAt({ concurrency }: PlannedStep['values'], least: number): number | undefined {
  return concurrency === undefined ? undefined : Math.max(least, concurrency + 1);
}

function loadAt(load: Load, { rate, concurrency }: PlannedStep['values']): Load {
  if (rate !== undefined) return withLoadValue(load, 'rate', rate);
  return concurrency === undefined ? load : withLoadValue(load, 'concurrency', concurrency);
}
