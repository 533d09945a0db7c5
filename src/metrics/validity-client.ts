import type { ThreadHealth } from '../model/run.ts';
import { ms, percent, type ValidityEntry } from './validity-entry.ts';
import type { ValidityInput } from './validity-input.ts';

const MAX_CPU_RATIO = 0.8;
const MAX_EVENT_LOOP_DELAY_MS = 10;
/** A pause that no quantile may show, but every maximum. */
const NOTED_PAUSE_MS = 100;
/** Stamps are late by this in the mean: it is their error, not their jitter. */
const MIN_CPU_WAIT_LIMIT_MS = 0.5;
const CPU_WAIT_TTFT_RATIO = 0.05;
const NOTED_GC_RATIO = 0.05;

type ClientInput = Pick<ValidityInput, 'threads' | 'ttft'>;

/** Whether the measuring threads were fit: of each figure, the worst thread. */
export function clientEntries(input: ClientInput): readonly ValidityEntry[] {
  const { threads } = input;
  return [
    ...delayEntries(threads),
    ...pauseEntries(threads),
    ...cpuEntries(threads),
    ...cpuWaitEntries(input),
    ...gcEntries(threads),
  ];
}

function delayEntries(threads: readonly ThreadHealth[]): readonly ValidityEntry[] {
  const worst = worstOf(threads, (thread) => thread.eventLoopDelayP99Ms);
  if (worst === undefined) return [];
  const isSlow = worst.value > MAX_EVENT_LOOP_DELAY_MS;
  return [
    {
      id: 'event-loop-delay',
      level: isSlow ? 'invalid' : 'ok',
      text: `event-loop delay of ${named(worst, threads)}: p99 ${ms(worst.value)}`,
      hint: isSlow ? 'stamps came late: something else took the CPU; free the machine, or lower the load' : undefined,
    },
  ];
}

function pauseEntries(threads: readonly ThreadHealth[]): readonly ValidityEntry[] {
  const worst = worstOf(threads, (thread) => thread.eventLoopDelayMaxMs);
  if (worst === undefined || worst.value <= NOTED_PAUSE_MS) return [];
  return [
    {
      id: 'client-pause',
      level: 'note',
      text: `${named(worst, threads)} saw nothing for ${ms(worst.value)} once`,
      hint: 'what came meanwhile was stamped late: maxima, and the highest quantiles, may be of the client',
    },
  ];
}

function cpuEntries(threads: readonly ThreadHealth[]): readonly ValidityEntry[] {
  const worst = worstOf(threads, (thread) => thread.cpuRatio);
  if (worst === undefined) return [];
  const isBusy = worst.value > MAX_CPU_RATIO;
  return [
    {
      id: 'client-cpu',
      level: isBusy ? 'invalid' : 'ok',
      text: `${named(worst, threads)} used ${percent(worst.value)} of a core`,
      hint: isBusy ? 'the client may be the bottleneck: lower the load, or raise --workers' : undefined,
    },
  ];
}

/** A thread that must wait for a core each time something arrives is late each time, however short the wait. */
function cpuWaitEntries({ threads, ttft }: ClientInput): readonly ValidityEntry[] {
  const worst = worstOf(threads, (thread) => thread.cpuWaitMeanMs);
  if (worst === undefined) return [];
  const limitMs = Math.max(MIN_CPU_WAIT_LIMIT_MS, CPU_WAIT_TTFT_RATIO * (ttft.p50 ?? 0));
  const level = worst.value > limitMs ? 'invalid' : worst.value > MIN_CPU_WAIT_LIMIT_MS ? 'note' : 'ok';
  return [
    {
      id: 'cpu-wait',
      level,
      text: `${named(worst, threads)} waited ${ms(worst.value)} for a core on average, each time that it had something to do`,
      hint: level === 'ok' ? undefined : 'stamps are late by that: other programs use the cores; free the machine',
    },
  ];
}

function gcEntries(threads: readonly ThreadHealth[]): readonly ValidityEntry[] {
  const worst = worstOf(threads, (thread) => thread.gcRatio);
  if (worst === undefined) return [];
  const isMuch = worst.value > NOTED_GC_RATIO;
  return [
    {
      id: 'client-gc',
      level: isMuch ? 'note' : 'ok',
      text: `${named(worst, threads)} spent ${percent(worst.value)} of the time in garbage collection, at most ${ms(worst.thread.gcPauseMaxMs)} at once`,
      hint: isMuch ? 'each pause holds up all streams of its thread: raise --workers, or lower the load' : undefined,
    },
  ];
}

interface Worst {
  readonly thread: ThreadHealth;
  readonly value: number;
}

/** Undefined when nothing is known of any thread. */
function worstOf(
  threads: readonly ThreadHealth[],
  of: (thread: ThreadHealth) => number | undefined,
): Worst | undefined {
  let worst: Worst | undefined;
  for (const thread of threads) {
    const value = of(thread);
    if (value !== undefined && (worst === undefined || value > worst.value)) worst = { thread, value };
  }
  return worst;
}

function named({ thread }: Worst, threads: readonly ThreadHealth[]): string {
  return threads.length === 1
    ? 'the measuring thread'
    : `measuring thread ${thread.shardIndex + 1} of ${threads.length}`;
}
