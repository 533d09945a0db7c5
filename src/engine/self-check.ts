import { createHistogram, PerformanceObserver } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';
import { type ThreadHealth, UNKNOWN_HEALTH } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';

/** How often the event loop is probed. A finer probe costs the thread more than it tells: 2 % of a core at 1 ms. */
const PROBE_EVERY_MS = 5;
const MICROSECONDS_PER_MS = 1_000;

/** What the system's scheduler did to the thread that asks, since the thread began. */
export interface CpuWaits {
  /** Time in which it could have run and got no core. */
  readonly waitMs: Milliseconds;
  /** How often it came to run. */
  readonly turns: number;
}

/** Undefined where the system does not say. */
export type ReadCpuWaits = () => CpuWaits | undefined;

/** Watches the thread it is made in. */
export interface SelfCheck {
  /** Since it was made. */
  health(): Omit<ThreadHealth, 'shardIndex'>;
  stop(): void;
}

/** `readSpunMs`: CPU time that went into waiting precisely since the start, and is not counted as used. */
export function startSelfCheck(
  clock: Clock,
  readCpuWaits: ReadCpuWaits,
  readSpunMs: () => Milliseconds = () => 0,
): SelfCheck {
  const delays = watchDelays(clock);
  const gc = watchGarbageCollection();
  const startMs = clock.nowMs();
  const startCpu = process.threadCpuUsage();
  const startWaits = readCpuWaits();
  return {
    health() {
      const wallMs = clock.nowMs() - startMs;
      if (wallMs <= 0) return UNKNOWN_HEALTH;
      const { user, system } = process.threadCpuUsage(startCpu);
      return {
        cpuRatio: Math.max(0, (user + system) / MICROSECONDS_PER_MS - readSpunMs()) / wallMs,
        ...delays.soFar(),
        ...waitsBetween(startWaits, readCpuWaits(), wallMs),
        gcRatio: gc.sumMs() / wallMs,
        gcPauseMaxMs: gc.maxMs(),
      };
    },
    stop() {
      delays.stop();
      gc.stop();
    },
  };
}

export function waitsBetween(
  start: CpuWaits | undefined,
  end: CpuWaits | undefined,
  wallMs: Milliseconds,
): Pick<ThreadHealth, 'cpuWaitRatio' | 'cpuWaitMeanMs'> {
  if (start === undefined || end === undefined) return { cpuWaitRatio: undefined, cpuWaitMeanMs: undefined };
  const waitMs = end.waitMs - start.waitMs;
  const turns = end.turns - start.turns;
  return { cpuWaitRatio: waitMs / wallMs, cpuWaitMeanMs: turns > 0 ? waitMs / turns : undefined };
}

/** How late each probe came, once for every probe that should have come meanwhile: a pause of two seconds is not one sample. */
export function watchDelays(clock: Clock): {
  soFar(): Pick<ThreadHealth, 'eventLoopDelayP99Ms' | 'eventLoopDelayMaxMs'>;
  stop(): void;
} {
  const delays = createHistogram({ figures: 3 });
  let dueMs = clock.nowMs() + PROBE_EVERY_MS;
  let cancel = (): void => undefined;
  const look = (): void => {
    const nowMs = clock.nowMs();
    for (let lateMs = nowMs - dueMs; lateMs > -1; lateMs -= PROBE_EVERY_MS) {
      // The histogram knows no zero.
      delays.record(Math.max(1, Math.round(lateMs * MICROSECONDS_PER_MS)));
    }
    dueMs = nowMs + PROBE_EVERY_MS;
    cancel = clock.after(PROBE_EVERY_MS, look);
  };
  cancel = clock.after(PROBE_EVERY_MS, look);
  return {
    soFar() {
      if (delays.count === 0) return { eventLoopDelayP99Ms: undefined, eventLoopDelayMaxMs: undefined };
      return {
        eventLoopDelayP99Ms: delays.percentile(99) / MICROSECONDS_PER_MS,
        eventLoopDelayMaxMs: delays.max / MICROSECONDS_PER_MS,
      };
    },
    stop: () => cancel(),
  };
}

function watchGarbageCollection(): { sumMs(): Milliseconds; maxMs(): Milliseconds; stop(): void } {
  let sumMs = 0;
  let maxMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      sumMs += duration;
      maxMs = Math.max(maxMs, duration);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { sumMs: () => sumMs, maxMs: () => maxMs, stop: () => observer.disconnect() };
}
