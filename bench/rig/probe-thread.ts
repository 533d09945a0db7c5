// The measuring thread as it is, with an eye on it: its clock's zero, and its CPU time (all of it, and the system's share) ten times a second,
// kept until it ends.
// LLM_BENCH_PROBE names the file for that; LLM_BENCH_PROFILE a CPU profile, LLM_BENCH_ALLOCATIONS a heap profile of the thread.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { threadId, workerData } from 'node:worker_threads';

const { origin } = workerData as { readonly origin: bigint };
const samples: [number, number, number][] = [];

function sample(): void {
  const { user, system } = process.threadCpuUsage();
  samples.push([Number(process.hrtime.bigint()) / 1e6, (user + system) / 1_000, system / 1_000]);
}

sample();
setInterval(sample, 100).unref();
process.on('exit', () => {
  sample();
  const { LLM_BENCH_PROBE, LLM_BENCH_PROFILE, LLM_BENCH_ALLOCATIONS } = process.env;
  if (LLM_BENCH_PROBE !== undefined) {
    writeFileSync(`${LLM_BENCH_PROBE}.${threadId}`, JSON.stringify({ originMs: Number(origin) / 1e6, samples }));
  }
  if (LLM_BENCH_PROFILE !== undefined) finish('Profiler.stop', LLM_BENCH_PROFILE);
  if (LLM_BENCH_ALLOCATIONS !== undefined) finish('HeapProfiler.stopSampling', LLM_BENCH_ALLOCATIONS);
});

const session = new Session();
if (process.env['LLM_BENCH_PROFILE'] !== undefined || process.env['LLM_BENCH_ALLOCATIONS'] !== undefined) {
  session.connect();
  session.post('Profiler.enable');
  if (process.env['LLM_BENCH_PROFILE'] !== undefined) session.post('Profiler.start');
  else
    session.post('HeapProfiler.startSampling', {
      samplingInterval: 8_192,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    } as never);
}

function finish(method: string, path: string): void {
  session.post(method, undefined, (_error: unknown, result: unknown) => {
    writeFileSync(path, JSON.stringify((result as { profile: unknown }).profile));
  });
}

await import('../../src/measuring-thread.ts');
