import type { Load } from '../model/load.ts';
import { peakOf, profileOf } from '../model/load-profile.ts';
import type { Plan } from '../model/plan.ts';

/**
 * Streams that one measuring thread gets by itself. It can follow several times as many (1,000 at 50 chunks/s each, see docs/measurement.md),
 * but what comes in one burst is stamped one after the other, and a garbage collection holds up all streams of its thread.
 */
const STREAMS_PER_THREAD = 256;

/** Nobody knows how long answers will take; an open loop without a ceiling is taken to have this many seconds of arrivals in flight. */
const SECONDS_IN_FLIGHT = 4;

/** Requests per second that one thread starts by itself without being late for the next. */
const STARTS_PER_THREAD = 1_000;

/** How many threads measure a plan: as many as it asks for, or one for each so many streams, and no more than there are cores for. */
export function chooseWorkers(plan: Plan, cpuCount: number): number {
  const most = Math.min(requestsAtOnce(plan), plan.stop.requests ?? Number.POSITIVE_INFINITY);
  if (plan.interleave !== undefined) return 1;
  const wanted = plan.workers === 'auto' ? automatic(plan, cpuCount) : plan.workers;
  return Math.max(1, Math.min(wanted, most));
}

function automatic(plan: Plan, cpuCount: number): number {
  const providers = new Set(plan.targets.map(({ provider }) => provider)).size;
  const sideBySide = Math.min(providers, plan.providerConcurrency ?? providers);
  const streams = sideBySide * streamsOf(plan.load);
  const starts = plan.load.kind === 'open-loop' ? sideBySide * peakLevel(plan.load) : 0;
  const wanted = Math.max(Math.ceil(streams / STREAMS_PER_THREAD), Math.ceil(starts / STARTS_PER_THREAD));
  // One core is for storing and drawing.
  return Math.min(wanted, Math.max(1, cpuCount - 1));
}

function streamsOf(load: Load): number {
  const ceiling = load.kind === 'closed-loop' ? undefined : load.maxInFlight;
  const streams = load.kind === 'closed-loop' ? peakLevel(load) : peakLevel(load) * SECONDS_IN_FLIGHT;
  return Math.min(ceiling ?? Number.POSITIVE_INFINITY, streams);
}

/** Of a trace only the workload knows. */
function peakLevel(load: Load): number {
  const profile = profileOf(load);
  return profile === undefined ? 0 : peakOf(profile);
}

/** A shard without a client, or without room under the ceiling, would send nothing; of a counted load it would keep its requests for ever. */
function requestsAtOnce({ load, stop }: Plan): number {
  if (load.kind !== 'closed-loop') return load.maxInFlight ?? Number.POSITIVE_INFINITY;
  return stop.requests === undefined ? peakLevel(load) : load.concurrency;
}
