import type { Plan } from '../model/plan.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';
import { MAX_RETRY_WAIT_MS } from './retry.ts';

/** For timers, the last report and a busy machine. */
const SLACK_MS: Milliseconds = 10_000;

/**
 * How long a target may take from its last sending to its last answer: every request ends by its own limit, and so does every retry that
 * was asked for, after its wait. What takes longer is our own fault.
 */
export function drainLimitMs({ timeouts, retry, targets }: Plan, targetIndex: number): Milliseconds {
  const totalMs = targets[targetIndex]?.profile.timeoutMs ?? timeouts.totalMs;
  return totalMs + retry.maxRetries * (MAX_RETRY_WAIT_MS + totalMs) + SLACK_MS;
}

/** A target whose answers should all have come, one way or the other; undefined: there is none. */
export function findOverdue(
  plan: Plan,
  progress: readonly TargetProgress[],
  nowMs: Milliseconds,
): TargetProgress | undefined {
  return progress.find(
    ({ targetIndex, measureEndAtMs, drainEndAtMs }) =>
      drainEndAtMs === undefined &&
      measureEndAtMs !== undefined &&
      nowMs > measureEndAtMs + drainLimitMs(plan, targetIndex),
  );
}
