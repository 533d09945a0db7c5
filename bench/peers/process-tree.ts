// CPU time of a process and all that it started, sampled from /proc (Linux).
import { readdirSync, readFileSync } from 'node:fs';

const MS_PER_TICK = 10;
const EVERY_MS = 100;

export interface TreeWatch {
  /** CPU in milliseconds between two instants of the machine's monotonic clock. */
  cpuMs(fromMs: number, toMs: number): number;
  stop(): void;
}

export function watchTree(root: number): TreeWatch {
  /** The last that was seen of each, for a process that has ended stays in the sum. */
  const seen = new Map<number, number>();
  const samples: [atMs: number, cpuMs: number][] = [];
  const sample = (): void => {
    for (const { pid, cpuMs } of readTree(root)) seen.set(pid, cpuMs);
    samples.push([Number(process.hrtime.bigint()) / 1e6, [...seen.values()].reduce((sum, one) => sum + one, 0)]);
  };
  const timer = setInterval(sample, EVERY_MS);
  return {
    cpuMs: (fromMs, toMs) => {
      const within = samples.filter(([atMs]) => atMs >= fromMs && atMs <= toMs);
      const [first, last] = [within[0], within.at(-1)];
      if (first === undefined || last === undefined || last[0] === first[0]) return Number.NaN;
      // A sample is up to a period off at each end.
      return ((last[1] - first[1]) / (last[0] - first[0])) * (toMs - fromMs);
    },
    stop: () => clearInterval(timer),
  };
}

function readTree(root: number): readonly { readonly pid: number; readonly cpuMs: number }[] {
  const rows = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readStat(Number(name)));
  const inside = new Set([root]);
  // Children have no higher numbers than their parents only after the numbers began anew, so look until nothing is added.
  for (let before = 0; before !== inside.size; ) {
    before = inside.size;
    for (const { pid, parent } of rows) if (inside.has(parent)) inside.add(pid);
  }
  return rows.filter(({ pid }) => inside.has(pid));
}

function readStat(pid: number): readonly { readonly pid: number; readonly parent: number; readonly cpuMs: number }[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? [];
    return [{ pid, parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK }];
  } catch {
    return []; // It has ended meanwhile.
  }
}
