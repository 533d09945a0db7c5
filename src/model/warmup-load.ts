import type { Load } from './load.ts';
import { levelAt, profileOf } from './load-profile.ts';

/** For a number of requests: as many at a time as the measured phase begins with; of an open loop nobody knows how many, so all at once. */
export function countedWarmupLoad(load: Load, requests: number): Load {
  return clients(load.kind === 'closed-loop' ? firstClients(load) : requests);
}

/** For a time: the level that the measured phase begins with, held; a single client where that is none, or a trace. */
export function timedWarmupLoad(load: Load): Load {
  if (load.kind === 'closed-loop') return { ...load, concurrency: firstClients(load), stages: [] };
  const ratePerSecond = firstLevel(load);
  return load.kind === 'trace' || ratePerSecond === 0 ? clients(1) : { ...load, ratePerSecond, stages: [] };
}

function firstClients(load: Load): number {
  return Math.max(1, Math.round(firstLevel(load)));
}

function firstLevel(load: Load): number {
  const profile = profileOf(load);
  return profile === undefined ? 0 : levelAt(profile, 0);
}

function clients(concurrency: number): Load {
  return { kind: 'closed-loop', concurrency, requestDelayMs: 0, stages: [] };
}
