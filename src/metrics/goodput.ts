import type { Load } from '../model/load.ts';
import type { Objective } from '../model/objective.ts';
import type { RequestRecord } from '../model/record.ts';
import { e2eMs, e2eScheduledMs, stallMs, tpotMs, ttfoMs, ttftMs, ttftScheduledMs } from './latency.ts';

/** Whether one request was good, and how many objectives could not apply to it. */
export interface Verdict {
  readonly isGood: boolean;
  readonly skipped: number;
}

/**
 * A request is good when it completed and meets every objective that applies; one that cannot apply (TPOT of one token) is
 * skipped and counted. In open loop TTFT and E2E count from when the request was due.
 */
export function judgeObjectives(record: RequestRecord, objectives: readonly Objective[], load: Load): Verdict {
  if (record.outcome.kind !== 'completed') return { isGood: false, skipped: 0 };
  let isGood = true;
  let skipped = 0;
  for (const objective of objectives) {
    const value = objectiveValue(record, objective, load);
    if (value === undefined) skipped++;
    else if (value > objective.max) isGood = false;
  }
  return { isGood, skipped };
}

/** What an objective is held against; in open loop TTFT and E2E count from when the request was due. Undefined when it cannot apply. */
export function objectiveValue(
  record: RequestRecord,
  objective: Pick<Objective, 'metric'>,
  load: Load,
): number | undefined {
  const isOpen = load.kind !== 'closed-loop';
  switch (objective.metric) {
    case 'ttft':
      return isOpen ? ttftScheduledMs(record) : ttftMs(record);
    case 'e2e':
      return isOpen ? e2eScheduledMs(record) : e2eMs(record);
    case 'ttfo':
      return ttfoMs(record);
    case 'tpot':
      return tpotMs(record);
    case 'stall':
      return stallMs(record);
  }
}
