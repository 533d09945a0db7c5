import type { PlannedStep } from '../../app/step-runs.ts';
import { type Axis, combinationsOf, flagsOf, refuseTwofold, withLoadValue } from './axes.ts';
import { type PlanDefaults, type PlannedRun, planRun } from './plan.ts';
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
  const known = new Map<string, PlannedRun>();
  const steps: PlannedStep[] = [];
  for (const values of combinationsOf(axes)) {
    const { rate, concurrency, ...sent } = values;
    const key = JSON.stringify(sent);
    const planned =
      known.get(key) ??
      (await planRun(
        { ...flags, seed, ...(isBounded ? {} : { duration: DEFAULT_STEP_DURATION }), ...flagsOf(values) },
        names,
        defaults,
      ));
    known.set(key, planned);
    steps.push({ ...withLoad(planned, { rate, concurrency }), values });
  }
  const [first] = known.values();
  if (first === undefined) throw new Error('a sweep without steps');
  return { steps, first, notes: [...new Set([...known.values()].flatMap(({ notes }) => notes))] };
}

/** The same plan under another load. */
export function withLoad(
  { plan, ...planned }: PlannedRun,
  { rate, concurrency }: { readonly rate?: number | undefined; readonly concurrency?: number | undefined },
): PlannedRun {
  if (rate !== undefined) return { ...planned, plan: { ...plan, load: withLoadValue(plan.load, 'rate', rate) } };
  if (concurrency === undefined) return { ...planned, plan };
  return { ...planned, plan: { ...plan, load: withLoadValue(plan.load, 'concurrency', concurrency) } };
}
