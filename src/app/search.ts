import type { Clock } from '../clock.ts';
import type { AppError } from '../errors.ts';
import { saturationOf } from '../metrics/load-curve.ts';
import {
  concludeSearch,
  type MoveReason,
  nextMove,
  type SearchConclusion,
  type SearchOptions,
  type Trial,
} from '../metrics/search.ts';
import { evidenceOf, type SearchGoal } from '../metrics/search-goal.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import type { ValidityEntry } from '../metrics/validity.ts';
import type { Run, RunState } from '../model/run.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import { watchOverload } from './overload-watch.ts';
import type { RunResult } from './result.ts';
import type { StartedRun } from './start-run.ts';
import type { PlannedStep, StepRuns } from './step-runs.ts';

/** One run of a search with what it says. */
export interface SearchTrial {
  readonly run: Run;
  readonly state: RunState;
  readonly targets: readonly TargetSummary[];
  readonly trial: Trial;
  /** Why it says nothing of the server: invalid entries of the ledger that are about our own side. */
  readonly doubts: readonly ValidityEntry[];
}

export interface SearchInput {
  readonly goal: SearchGoal;
  readonly options: SearchOptions;
  readonly planStep: (level: number) => PlannedStep;
  /** Before a level is tried. */
  readonly onMove: (level: number, reason: MoveReason) => void;
  readonly onTrial: (trial: SearchTrial) => void;
}

export interface SearchResult {
  readonly conclusion: SearchConclusion;
  readonly trials: readonly SearchTrial[];
  /** Why it ended before it was done; undefined: it was, or its steps ran out. */
  readonly cut: 'interrupted' | 'over-budget' | AppError | undefined;
}

/** Tries one level after the other until the edge is found. Rejects with what `StepRuns.run` throws. */
export async function runSearch(runs: StepRuns, input: SearchInput): Promise<SearchResult> {
  const trials: SearchTrial[] = [];
  const sofar = (): readonly Trial[] => trials.map(({ trial }) => trial);
  const end = (cut: SearchResult['cut']): SearchResult => ({
    conclusion: concludeSearch(sofar(), input.options),
    trials,
    cut,
  });
  for (;;) {
    const move = nextMove(sofar(), input.options);
    if (move.kind === 'done') return end(undefined);
    if (runs.isStopped) return end('interrupted');
    input.onMove(move.level, move.reason);
    const step = await runs.run(input.planStep(move.level));
    if (step.kind === 'over-budget') return end('over-budget');
    if (step.kind === 'refused') return end(step.trouble);
    const { result, trouble } = step;
    // A run that was broken off for other reasons than what it showed says nothing.
    if (result.state === 'completed' || result.state === 'cancelled') {
      const trial = trialOf(result, input.goal, move.level);
      trials.push(trial);
      input.onTrial(trial);
    }
    if (trouble !== undefined) return end(trouble);
    if (result.state === 'over-budget') return end('over-budget');
  }
}

/** What one run says of its level. It needs the run's records. */
export function trialOf({ run, state, targets, records }: RunResult, goal: SearchGoal, level: number): SearchTrial {
  const [summary] = targets;
  const { load } = run.plan;
  const evidence = evidenceOf(goal, records ?? [], { load, targetIndex: 0 });
  const doubts = (summary?.validity ?? []).filter((entry) => isOwnFault(entry, summary?.requests.dropped ?? 0));
  const isOpen = load.kind !== 'closed-loop';
  // Arrivals are dropped when requests pile up to the ceiling.
  const isDropping = (summary?.validity ?? []).some(
    ({ id, level: worst }) => id === 'achieved-load' && worst === 'invalid',
  );
  const isBehind = isOpen && summary !== undefined && (saturationOf(summary) === true || isDropping);
  const kind = doubts.length > 0 ? 'void' : state === 'cancelled' || isBehind ? 'overloaded' : 'measured';
  return { run, state, targets, trial: { level, kind, evidence: kind === 'void' ? [] : evidence }, doubts };
}

/** Invalid for what the server did: its limit, if any. */
const SERVER_SIDE: ReadonlySet<string> = new Set(['throttled', 'nothing-completed']);

/** Arrivals that were dropped at a ceiling had piled up at the server. */
function isOwnFault({ id, level }: ValidityEntry, dropped: number): boolean {
  if (level !== 'invalid' || SERVER_SIDE.has(id)) return false;
  return id !== 'achieved-load' || dropped === 0;
}

/** Ends a run early whose answer is known. Returns what stops the watch. */
export function cutShort(
  started: StartedRun,
  options: { readonly clock: Clock; readonly isOpen: boolean; readonly goal: SearchGoal },
): () => void {
  const { clock, isOpen, goal } = options;
  const watch = watchOverload({ isOpen, maxErrorRatio: goal.maxErrorRatio });
  let cancel = (): void => undefined;
  const look = (): void => {
    const view = started.view();
    const [live] = view.targets;
    if (live !== undefined && watch.look(view.elapsedMs, live) !== undefined) started.stop(0, 'cancelled');
    else cancel = clock.after(MS_PER_SECOND, look);
  };
  cancel = clock.after(MS_PER_SECOND, look);
  return () => cancel();
}
