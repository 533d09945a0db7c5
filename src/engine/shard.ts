import type { Load } from '../model/load.ts';

/**
 * Which part of a run one measuring thread, or one machine, does. A shard is told its number and nothing of the others: from plan and seed
 * it draws the whole schedule and takes what is its own, so that the union of all shards is the run as it was asked for.
 */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

export const WHOLE_RUN: Shard = { index: 0, count: 1 };

/** How many of `total` a shard gets when they are dealt out in turn: the n-th goes to shard n mod count. */
export function dealt(total: number, { index, count }: Shard): number {
  return Math.max(0, Math.ceil((total - index) / count));
}

/**
 * The load of one shard: its clients, or its part of the ceiling. The rate stays whole, for it is the schedule that is dealt out; so do the
 * stages of a closed loop, whose pacer deals out the clients of every instant.
 */
export function loadOfShard(load: Load, shard: Shard): Load {
  if (load.kind !== 'closed-loop') {
    return load.maxInFlight === undefined ? load : { ...load, maxInFlight: dealt(load.maxInFlight, shard) };
  }
  return load.stages.length > 0 ? load : { ...load, concurrency: dealt(load.concurrency, shard) };
}

/**
 * The place in the run of a shard's n-th arrival, both from 0. An open loop deals its arrivals out in turn. A closed loop deals out its
 * clients, and each round of them takes the next requests, so that a shard with fewer clients has fewer requests too, and all end together;
 * where clients come and go, rounds mean nothing, and requests are dealt out in turn.
 */
export function placesOfShard(load: Load, shard: Shard): (arrival: number) => number {
  const { index, count } = shard;
  if (!hasRounds(load)) return (arrival) => index + arrival * count;
  const own = Math.max(1, dealt(load.concurrency, shard));
  return (arrival) => Math.floor(arrival / own) * load.concurrency + index + (arrival % own) * count;
}

/** How many of a target's requests are one shard's. */
export function requestsOfShard(requests: number, load: Load, shard: Shard): number {
  if (!hasRounds(load)) return dealt(requests, shard);
  const { concurrency } = load;
  const rounds = Math.floor(requests / concurrency);
  return rounds * dealt(concurrency, shard) + dealt(requests % concurrency, shard);
}

function hasRounds(load: Load): load is Load & { readonly kind: 'closed-loop' } {
  return load.kind === 'closed-loop' && load.stages.length === 0;
}

/** Ids of one shard's records: no other shard has them, and in a run of one they count from 1. */
export function createIds({ index, count }: Shard): () => number {
  let next = index + 1;
  return () => {
    const id = next;
    next += count;
    return id;
  };
}
