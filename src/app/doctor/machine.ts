import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, platform } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Clock, sleep } from '../../clock.ts';
import type { Milliseconds } from '../../model/units.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** Reads a small file of the system; undefined where there is none. */
export type ReadSystemFile = (path: string) => Promise<string | undefined>;

export const readSystemFile: ReadSystemFile = async (path) => {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined; // Another system, or not permitted: then it is not known.
  }
};

const LEAST_NODE = [24, 12] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isOld = major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1]);
  if (isOld) return fail('node', `Node ${version}`, `use Node ${LEAST_NODE.join('.')} or newer`);
  return ok('node', `Node ${version}`);
}

/** Cores, a container's share of them, and what else runs on them. */
export async function checkCpu(read: ReadSystemFile): Promise<readonly Check[]> {
  const cores = availableParallelism();
  const model = cpus()[0]?.model.trim() || 'unknown CPU';
  const text = `${cores} ${cores === 1 ? 'core' : 'cores'}, ${model}`;
  const own =
    cores < 2
      ? warn('cores', text, 'measuring and storing share one core: keep loads low, or use a machine with two')
      : ok('cores', text);
  return [own, quotaCheck(await read('/sys/fs/cgroup/cpu.max'), cores), loadCheck(loadavg()[0], cores)].filter(
    (check) => check !== undefined,
  );
}

/** `150000 100000`: so many microseconds of CPU in so many. */
export function quotaCheck(text: string | undefined, cores: number): Check | undefined {
  const [quota = '', period = ''] = text?.split(' ') ?? [];
  const share = Number(quota) / Number(period);
  if (!Number.isFinite(share) || share >= cores) return undefined;
  return warn(
    'cpu-quota',
    `this container may use ${share.toFixed(1)} of ${cores} cores`,
    'when that is used up the system stops every thread for a while, stamps too: raise the limit',
  );
}

/** Above this share of the cores, others take time from the measuring thread. */
const MOST_LOAD = 0.5;

export function loadCheck(load: number | undefined, cores: number): Check | undefined {
  // Windows does not tell it.
  if (load === undefined || platform() === 'win32') return undefined;
  const text = `load of the last minute ${load.toFixed(1)} on ${cores} cores`;
  return load > cores * MOST_LOAD
    ? warn('load', text, 'other work takes CPU from the client: end it first')
    : ok('load', text);
}

const STEADY_GOVERNORS: ReadonlySet<string> = new Set(['performance']);

export async function checkGovernor(read: ReadSystemFile): Promise<Check> {
  const governor = await read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor');
  if (governor === undefined) return ok('governor', 'CPU governor: not told here');
  if (STEADY_GOVERNORS.has(governor)) return ok('governor', `CPU governor: ${governor}`);
  return warn(
    'governor',
    `CPU governor: ${governor}`,
    'short loads run on a slow clock: sudo cpupower frequency-set -g performance',
  );
}

const SLOW_CLOCKS: ReadonlySet<string> = new Set(['hpet', 'acpi_pm', 'jiffies', 'refined-jiffies']);
/** Coarser than this, a gap between tokens cannot be told. */
const COARSE_MS = 0.01;
const READINGS = 20_000;

/** How fine the monotonic clock is, whether it ever goes back, and where it comes from. */
export async function checkClock(clock: Pick<Clock, 'nowMs'>, read: ReadSystemFile): Promise<readonly Check[]> {
  let finest = Number.POSITIVE_INFINITY;
  let backwards = 0;
  let before = clock.nowMs();
  for (let reading = 0; reading < READINGS; reading++) {
    const now = clock.nowMs();
    if (now < before) backwards++;
    if (now > before) finest = Math.min(finest, now - before);
    before = now;
  }
  const source = await read('/sys/devices/system/clocksource/clocksource0/current_clocksource');
  const text = `monotonic clock: steps of ${Number((finest * 1_000).toPrecision(2))} µs${source === undefined ? '' : ` (${source})`}`;
  const checks: Check[] = [];
  if (backwards > 0)
    checks.push(
      fail('clock', `the monotonic clock went back ${backwards} times`, 'use another machine: no stamp can be trusted'),
    );
  else if (finest > COARSE_MS || SLOW_CLOCKS.has(source ?? ''))
    checks.push(warn('clock', text, 'a slow clock delays every stamp: boot with clocksource=tsc if the machine can'));
  else checks.push(ok('clock', text));
  checks.push(await checkSync(read));
  return checks;
}

async function checkSync(read: ReadSystemFile): Promise<Check> {
  const isSynchronized = (await read('/run/systemd/timesync/synchronized')) !== undefined;
  if (isSynchronized) return ok('wall-clock', 'wall clock: synchronised (systemd-timesyncd)');
  return ok(
    'wall-clock',
    'wall clock: not told whether it is synchronised; it only dates runs and signs some requests',
  );
}

const PROBE_MS = 1_500;
const RESOLUTION_MS = 5;
const NOISY_MS = 2;
/** The limit of the validity ledger. */
const INVALID_MS = 10;
const NANOSECONDS_PER_MS = 1_000_000;

/** How late an idle thread is called back: what a run on this machine would suffer at least. */
export async function checkEventLoop(clock: Clock): Promise<Check> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  await sleep(clock, PROBE_MS);
  delay.disable();
  const late = (percentile: number): Milliseconds =>
    Math.max(0, delay.percentile(percentile) / NANOSECONDS_PER_MS - RESOLUTION_MS);
  return eventLoopCheck({ p50Ms: late(50), p99Ms: late(99) });
}

export function eventLoopCheck({
  p50Ms,
  p99Ms,
}: {
  readonly p50Ms: Milliseconds;
  readonly p99Ms: Milliseconds;
}): Check {
  const text = `event loop of an idle thread: late by ${p50Ms.toFixed(2)} ms (p50), ${p99Ms.toFixed(2)} ms (p99)`;
  if (p99Ms > INVALID_MS)
    return fail('event-loop', text, 'runs would be invalid: free the machine, or use another one');
  if (p99Ms > NOISY_MS) return warn('event-loop', text, 'something else takes the CPU now and then: end it first');
  return ok('event-loop', text);
}

/** Files beside those of connections: modules, the database, threads. */
const OTHER_FILES = 64;

/** `Max open files 1024 524288 files`; Node raises the first to the second when it starts. */
export async function checkFiles(read: ReadSystemFile, concurrency: number): Promise<Check> {
  const limits = await read('/proc/self/limits');
  const [, soft] = /^Max open files\s+(\S+)/m.exec(limits ?? '') ?? [];
  if (soft === undefined) return ok('files', 'limit of open files: not told here');
  const limit = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  const text = `limit of open files: ${soft}, enough for ${limit === Number.POSITIVE_INFINITY ? 'any number of' : limit - OTHER_FILES} connections`;
  if (limit >= concurrency + OTHER_FILES) return ok('files', text);
  return fail('files', text, `for ${concurrency} at a time: ulimit -n ${concurrency + OTHER_FILES}`);
}
