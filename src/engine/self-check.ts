import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';
import type { ThreadHealth } from '../model/run.ts';

/** How often the event loop is probed. A finer probe costs the thread more than it tells: 2 % of a core at 1 ms. */
const RESOLUTION_MS = 5;
const NANOSECONDS_PER_MS = 1_000_000;
const MICROSECONDS_PER_MS = 1_000;

/** Watches the thread it is made in. */
export interface SelfCheck {
  /** Since it was made. */
  health(): ThreadHealth;
  stop(): void;
}

export function startSelfCheck(clock: Clock): SelfCheck {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const startMs = clock.nowMs();
  const startCpu = process.threadCpuUsage();
  return {
    health() {
      const wallMs = clock.nowMs() - startMs;
      const { user, system } = process.threadCpuUsage(startCpu);
      // The histogram holds the time between two probes, its own period included.
      const p99Ms = delay.percentile(99) / NANOSECONDS_PER_MS - RESOLUTION_MS;
      return {
        cpuRatio: wallMs > 0 ? (user + system) / MICROSECONDS_PER_MS / wallMs : undefined,
        eventLoopDelayP99Ms: delay.count > 0 ? Math.max(0, p99Ms) : undefined,
      };
    },
    stop: () => delay.disable(),
  };
}
