import type { Milliseconds } from '../../model/units.ts';
import type { Pacer } from '../pacer.ts';
import { type Shard, WHOLE_RUN } from '../shard.ts';

/**
 * Arrivals as they happened, `speed` times as fast. `arrivesAtMs` ascends. After the last one the load lasts for one mean gap more, so
 * that as many gaps as arrivals have passed.
 */
export function createTracePacer(
  arrivesAtMs: ArrayLike<Milliseconds>,
  speed: number,
  { index, count }: Shard = WHOLE_RUN,
): Pacer {
  const last = arrivesAtMs.length - 1;
  const lastAtMs = arrivesAtMs[last] ?? 0;
  const endMs = last > 0 ? (lastAtMs + (lastAtMs - (arrivesAtMs[0] ?? 0)) / last) / speed : lastAtMs / speed;
  return {
    next({ arrivals }) {
      const atMs = arrivesAtMs[index + arrivals * count];
      return atMs === undefined ? { kind: 'over', atMs: endMs } : { kind: 'at', atMs: atMs / speed };
    },
  };
}
