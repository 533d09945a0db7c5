import type { MeasuringBatch } from '../engine/run.ts';
import type { Plan } from '../model/plan.ts';
import type { Log } from './context.ts';

/** Logs how a run goes: phases of targets as `info`, failed requests as `debug`. Failures were cleaned of secrets where they were named. */
export function createNarrator(plan: Plan, log: Log): (batch: MeasuringBatch) => void {
  const phases = new Map<number, string>();
  const nameOf = (targetIndex: number): string => {
    const target = plan.targets[targetIndex];
    return target === undefined ? `target ${targetIndex}` : `${target.provider} ${target.model}`;
  };
  return ({ live, records }) => {
    for (const { targetIndex, phase } of live) {
      if (phases.get(targetIndex) === phase) continue;
      phases.set(targetIndex, phase);
      if (phase !== 'waiting') log.info(`${nameOf(targetIndex)}: ${phase}`);
    }
    for (const { id, targetIndex, phase, attempt, outcome } of records) {
      if (outcome.kind !== 'failed') continue;
      const { kind, message } = outcome.failure;
      log.debug(`${nameOf(targetIndex)}: request ${id} (${phase}, attempt ${attempt}) failed: ${kind}: ${message}`);
    }
  };
}
