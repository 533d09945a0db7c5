import type { TargetSummary, TargetTally } from '../metrics/summary.ts';
import type { ValidityEntry } from '../metrics/validity-entry.ts';
import type { StoredRun } from '../store/store.ts';
import { withClientEvidence } from './client-evidence.ts';

/** The conclusions of a stored run, with what its ledger must say of how it was kept. */
export function concludeTargets(
  tallies: readonly TargetTally[],
  { run, progress, eventsDroppedAtIso }: Pick<StoredRun, 'run' | 'progress' | 'eventsDroppedAtIso'>,
): readonly TargetSummary[] {
  const more = eventsDroppedAtIso === undefined ? [] : [droppedEntry(eventsDroppedAtIso)];
  return tallies.map((tally, index) => {
    const summary = withClientEvidence(tally.summarize(progress.find((one) => one.targetIndex === index)), run);
    return more.length === 0 ? summary : { ...summary, validity: [...more, ...summary.validity] };
  });
}

function droppedEntry(atIso: string): ValidityEntry {
  return {
    id: 'events-dropped',
    level: 'note',
    text: `the token events of this run were removed on ${atIso.slice(0, 10)}: itl, tbt, tpot, decode and the longest gap are undefined, and tokens count at the end of their request`,
    hint: 'tokens per second by second, and the output speed of answers that came in one read, differ from what was reported before',
  };
}
