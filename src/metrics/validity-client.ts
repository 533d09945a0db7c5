import type { ThreadHealth } from '../model/run.ts';
import { ms, percent, type ValidityEntry } from './validity-entry.ts';

const MAX_CPU_RATIO = 0.8;
const MAX_EVENT_LOOP_DELAY_MS = 10;

/** Whether the measuring threads were fit: of each figure, the worst thread. */
export function clientEntries(threads: readonly ThreadHealth[]): readonly ValidityEntry[] {
  return [...delayEntries(threads), ...cpuEntries(threads)];
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

function cpuEntries(threads: readonly ThreadHealth[]): readonly ValidityEntry[] {
  const worst = worstOf(threads, (thread) => thread.cpuRatio);
  if (worst === undefined) return [];
  const isBusy = worst.value > MAX_CPU_RATIO;
  return [
    {
      id: 'client-cpu',
      level: isBusy ? 'invalid' : 'ok',
      text: `${named(worst, threads)} used ${percent(worst.value)} of a core`,
      hint: isBusy ? 'the client may be the bottleneck: lower the load' : undefined,
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
