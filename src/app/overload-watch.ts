import { isOverSaturated, type LoadSample } from '../metrics/saturation.ts';
import { binomialCdf } from '../metrics/special-functions.ts';
import type { Milliseconds, Ratio } from '../model/units.ts';
import type { LiveTarget } from './live.ts';

/** Why a step need not go on: its answer is known. */
export type Overload = 'over-saturated' | 'errors';

/** Follows one target of a run under way. */
export interface OverloadWatch {
  /** Once a second, say. */
  look(atMs: Milliseconds, live: LiveTarget): Overload | undefined;
}

/** Chance of a level at the limit of errors to be taken for one beyond it. */
const ERROR_ALARM = 0.001;
/** One alarm may be bad luck of the moment. */
const LOOKS_IN_A_ROW = 2;

export function watchOverload(options: { readonly isOpen: boolean; readonly maxErrorRatio: Ratio }): OverloadWatch {
  const samples: LoadSample[] = [];
  let alarms = 0;
  return {
    look(atMs, { phase, started, inFlight, completed, failed }) {
      if (phase !== 'measure') return undefined;
      const ended = completed + failed;
      if (failed > 0 && 1 - binomialCdf(failed - 1, ended, options.maxErrorRatio) < ERROR_ALARM) return 'errors';
      if (!options.isOpen) return undefined;
      samples.push({ atMs, started, inFlight });
      alarms = isOverSaturated(samples) === true ? alarms + 1 : 0;
      return alarms >= LOOKS_IN_A_ROW ? 'over-saturated' : undefined;
    },
  };
}
