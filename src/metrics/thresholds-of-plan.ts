import type { Plan } from '../model/plan.ts';
import { conditionsOf } from '../model/repeat-command.ts';
import { parseThreshold, type Threshold } from './threshold.ts';

/** What was said of a run when it was planned that it should not meet (`--fail-if`). Empty: nothing, or nobody knows. */
export function thresholdsOf(plan: Pick<Plan, 'repeatArguments'>): readonly Threshold[] {
  return conditionsOf(plan).flatMap((text) => {
    const threshold = parseThreshold(text);
    // It was held to the same rules before the run; another version may know others.
    return 'problem' in threshold ? [] : [threshold];
  });
}
