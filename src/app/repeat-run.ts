import { AppError } from '../errors.ts';
import { runDifferences, targetDifferences } from '../metrics/run-differences.ts';
import type { Plan } from '../model/plan.ts';
import { needsPrompts } from '../model/repeat-command.ts';
import type { Run } from '../model/run.ts';
import type { Target } from '../model/target.ts';

/** What was said anew, against the run that is repeated. */
export interface Changes {
  /** Prompts were given. */
  readonly hasPrompts: boolean;
  /** Prompts may come out otherwise than they did: they were given, or the chance that makes them was. */
  readonly mayDiffer: boolean;
  /** Other targets, parameters or prices are meant, so that they cannot be taken as they were. */
  readonly hasTargets: boolean;
}

/** The arguments that made a run. Throws RUN_NOT_REPEATABLE where they are not known, or where prompts are missing. */
export function argumentsOf(run: Run, { hasPrompts }: Pick<Changes, 'hasPrompts'>): readonly string[] {
  const { id, plan } = run;
  if (plan.repeatArguments === undefined) {
    const problem = 'its command line was not kept, for an earlier version or another program planned it';
    throw new AppError('RUN_NOT_REPEATABLE', {
      id,
      problem,
      hint: 'run it anew with llm-bench run; report summary shows its plan',
    });
  }
  if (needsPrompts(run) && !hasPrompts) {
    const { items } = plan.workload;
    const problem = `its ${items} ${items === 1 ? 'prompt was' : 'prompts were'} given by --prompt, and texts were not stored`;
    const hint = "give them again, in their order: --prompt '…'; --save-text keeps them the next time";
    throw new AppError('RUN_NOT_REPEATABLE', { id, problem, hint });
  }
  return plan.repeatArguments;
}

/**
 * A plan that was made anew from a run's arguments, as like that run as it can be: its targets are taken as they were, prices and
 * adjustments included, unless something else is meant. Throws RUN_NOT_REPEATABLE when a file of prompts says something else by now.
 */
export function likeBefore(planned: Plan, run: Run, changes: Changes): Plan {
  const before = run.plan;
  if (!changes.mayDiffer && planned.workload.sha256 !== before.workload.sha256) {
    const { source, sha256 } = planned.workload;
    throw new AppError('RUN_NOT_REPEATABLE', {
      id: run.id,
      problem: `${source} holds other prompts than it did (SHA-256 ${short(sha256)}, then ${short(before.workload.sha256)})`,
      hint: `bring the file back, or measure what it says now: --prompt-file ${source}`,
    });
  }
  if (changes.hasTargets) return planned;
  return { ...planned, targets: planned.targets.map((target) => twinOf(target, before.targets) ?? target) };
}

function short(sha256: string): string {
  return sha256.slice(0, 12);
}

/** At another address it is another target. */
function twinOf({ provider, model, url, dialect }: Target, targets: readonly Target[]): Target | undefined {
  return targets.find(
    (one) => one.provider === provider && one.model === model && one.url === url && one.dialect === dialect,
  );
}

/** What differs from the run that is repeated, a line each: `load: 5 at a time → 9 at a time`. */
export function differencesFrom(planned: Plan, run: Run): readonly string[] {
  const conditions = {
    environment: run.environment,
    version: run.version,
    metricsVersion: run.metricsVersion,
    state: '',
  };
  const ofRun = runDifferences({ ...conditions, plan: run.plan }, { ...conditions, plan: planned });
  const pairs = run.plan.targets.flatMap((target) => {
    const now = planned.targets.find(({ provider, model }) => provider === target.provider && model === target.model);
    return now === undefined ? [] : targetDifferences({ target, plan: run.plan }, { target: now, plan: planned });
  });
  const targets = [namesOf(run.plan), namesOf(planned)];
  return [
    ...(targets[0] === targets[1] ? [] : [`targets: ${targets.join(' → ')}`]),
    ...(run.plan.seed === planned.seed ? [] : [`seed: ${run.plan.seed} → ${planned.seed}`]),
    ...[...ofRun, ...pairs].map(({ what, a, b }) => `${what}: ${a} → ${b}`),
  ];
}

function namesOf({ targets }: Plan): string {
  return targets.map(({ provider, model }) => `${provider} ${model}`).join(', ');
}
