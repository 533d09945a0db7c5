import type { Arrival } from '../../model/load.ts';
import type { Random } from '../../random.ts';
import { drawGamma } from './gamma.ts';

/**
 * When arrivals come on a clock that one of them takes one unit of, on the mean: the time of arrival `index`, from 0. Asked for in
 * ascending order, with repeats.
 */
export type UnitSchedule = (index: number) => number;

/** The gaps of a law with mean 1, added up. */
export function unitScheduleOf(arrival: Arrival, random: Random): UnitSchedule {
  if (arrival === 'constant') return (index) => index;
  if (arrival === 'poisson') return addedUp(() => random.exponential());
  if (arrival.kind === 'burst') return (index) => index - (index % arrival.size);
  // Mean shape × scale = 1, and the coefficient of variation of a gamma distribution is 1 ÷ √shape.
  const shape = 1 / arrival.cv ** 2;
  return addedUp(() => drawGamma(random, shape) / shape);
}

/** The first gap comes before the first arrival, so that time 0 is no arrival of its own. */
function addedUp(drawGap: () => number): UnitSchedule {
  let drawn = 0;
  let at = 0;
  return (index) => {
    for (; drawn <= index; drawn++) at += drawGap();
    return at;
  };
}
