import type { RequestRecord } from '../model/record.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import type { Window } from '../model/window.ts';
import { tokenArrivals } from './tokens.ts';

/** Failed ÷ ended. Undefined when none ended. */
export function windowErrorRate(window: Window): number | undefined {
  const ended = window.completed + window.failed;
  return ended === 0 ? undefined : window.failed / ended;
}

/** Gathers windows while records come, in any order. */
export interface WindowTally {
  add(record: RequestRecord, isGood: boolean): void;
  /** Windows that changed since the last call, ascending. */
  takeChanged(): readonly Window[];
  /** All windows from second 0 to the last that saw anything, and to `untilMs` if that is later; empty ones too. */
  all(untilMs: number): readonly Window[];
}

interface MutableWindow {
  second: number;
  completed: number;
  failed: number;
  good: number;
  tokens: number;
  inFlight: number;
}

export function createWindowTally(): WindowTally {
  const windows: MutableWindow[] = [];
  const changed = new Set<number>();
  const reach = (second: number): void => {
    while (windows.length <= second) {
      changed.add(windows.length);
      windows.push({ second: windows.length, completed: 0, failed: 0, good: 0, tokens: 0, inFlight: 0 });
    }
  };
  const at = (ms: number): MutableWindow => {
    const second = Math.max(0, Math.floor(ms / MS_PER_SECOND));
    reach(second);
    changed.add(second);
    return windows[second] as MutableWindow;
  };
  return {
    add(record, isGood) {
      if (record.phase !== 'measure') return;
      const { startedAtMs, endedAtMs } = record.instants;
      const last = at(endedAtMs);
      if (record.outcome.kind === 'completed') last.completed++;
      if (record.outcome.kind === 'failed') last.failed++;
      if (isGood) last.good++;
      for (const { atMs, tokens } of tokenArrivals(record)) at(atMs).tokens += tokens;
      // In flight at a second's end: started before it, ended at or after it.
      for (let second = Math.floor(startedAtMs / MS_PER_SECOND); (second + 1) * MS_PER_SECOND <= endedAtMs; second++) {
        at(second * MS_PER_SECOND).inFlight++;
      }
    },
    takeChanged() {
      const taken = [...changed].sort((a, b) => a - b).map((second) => ({ ...(windows[second] as MutableWindow) }));
      changed.clear();
      return taken;
    },
    all(untilMs) {
      reach(Math.ceil(untilMs / MS_PER_SECOND) - 1);
      return windows.map((window) => ({ ...window }));
    },
  };
}
