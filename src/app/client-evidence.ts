import { calibrationEntry, loadOf } from '../metrics/calibration-entry.ts';
import type { TargetSummary } from '../metrics/summary.ts';
import type { Run } from '../model/run.ts';

/** Adds to a target's ledger what is known of the client that measured it. */
export function withClientEvidence(summary: TargetSummary, { environment, plan }: Run): TargetSummary {
  const { calibration } = environment;
  if (calibration === undefined) return summary;
  return { ...summary, validity: [...summary.validity, calibrationEntry(calibration, loadOf(summary, plan))] };
}
