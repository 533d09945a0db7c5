// How much memory and time a large run takes on our own side, without a network: records as a measuring thread packs them, through the very
// code of a run (unpacking, tallies, windows, DuckDB), and then its summary. Goal: 1,000,000 requests of 50 events within 1 GB, and a
// summary within 5 s. Prints what it would be for a million when it is asked for less.
// usage: node bench/million.ts [requests, default 1000000] [events per second, default 300000]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createContext, type Plan, startRun } from '../src/index.ts';
import { BARE_PLAN } from '../src/model/plan.ts';
import { EMPTY_PROFILE } from '../src/model/target.ts';
import { say, sayFigure } from './rig/figures.ts';

const MILLION = 1_000_000;
const EVENTS = 50;
const BYTES_PER_MB = 1_048_576;
const requests = Number(process.argv[2] ?? MILLION);
const rate = Number(process.argv[3] ?? 300_000);
const folder = mkdtempSync(join(tmpdir(), 'llm-bench-million-'));
const source = (path: string): string => JSON.stringify(new URL(`../src/${path}`, import.meta.url).href);

/** A measuring thread that measured nothing: it makes records in the batches, and at the pace, that the main thread takes them. */
const THREAD = `
import { parentPort as port, workerData as order } from 'node:worker_threads';
import { packRecords, transferList } from ${source('engine/batch.ts')};
const EVERY_MS = 250;
const BATCH = Math.round(${rate} / ${EVENTS} / 1_000 * EVERY_MS);
let made = 0;
const live = (phase) => [{ targetIndex: 0, phase, started: made, ended: made, inFlight: 0, dropped: 0 }];
const progress = (isOver) => [{ targetIndex: 0, measureStartAtMs: 0, measureEndAtMs: isOver ? made : undefined,
  drainEndAtMs: isOver ? made + 600 : undefined, dropped: 0, threads: [] }];
const recordOf = (id) => {
  const startedAtMs = id - 1 + (id % 7) / 7;
  const first = startedAtMs + 40 + (id % 101) / 10;
  const events = Array.from({ length: ${EVENTS} }, (_, index) => ({ atMs: first + index * 10 + ((id * 31 + index * 17) % 97) / 50,
    kind: 'content', tokens: undefined, bytes: 4, isCoalesced: false }));
  const lastTokenAtMs = events.at(-1).atMs;
  return { id, targetIndex: 0, phase: 'measure', promptIndex: id % 100, promptName: undefined, attempt: 1, retryOf: undefined, asked: undefined,
    instants: { scheduledAtMs: id - 1, startedAtMs, socketAtMs: startedAtMs, sentAtMs: startedAtMs, headersAtMs: first,
      firstChunkAtMs: first, firstTokenAtMs: first, firstOutputAtMs: first, lastTokenAtMs, toolNameAtMs: undefined,
      toolArgumentsAtMs: undefined, endedAtMs: lastTokenAtMs + 0.2 },
    connection: { isReused: true, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined },
    events, isStreamed: true,
    usage: { inputTokens: 20, cachedInputTokens: 0, cacheWriteInputTokens: undefined, longCacheWriteInputTokens: undefined,
      outputTokens: ${EVENTS}, reasoningTokens: undefined, raw: { prompt_tokens: 20, completion_tokens: ${EVENTS}, total_tokens: ${EVENTS + 20} } },
    counted: undefined, serverTimings: undefined, finishReason: 'stop', modelAnswered: 'fake', keepAlives: 0,
    outcome: { kind: 'completed' }, text: undefined };
};
const post = (records, phase) => {
  const packed = packRecords(records);
  port.postMessage({ type: 'batch', records: packed, progress: progress(phase === 'over'), live: live(phase) }, transferList(packed));
};
const measure = (targetIndex) => {
  const begun = performance.now();
  let batches = 0;
  const next = () => {
    post(Array.from({ length: Math.min(BATCH, ${requests} - made) }, () => recordOf(++made)), 'measure');
    if (made < ${requests}) {
      setTimeout(next, Math.max(0, begun + ++batches * EVERY_MS - performance.now()));
      return;
    }
    post([], 'over');
    port.postMessage({ type: 'step', targetIndex });
  };
  next();
};
const findings = { goesOn: false, quirks: {}, excess: 1 };
port.on('message', ({ type, targetIndex }) => {
  if (type === 'probe') port.postMessage({ type: 'step', targetIndex, findings });
  if (type === 'warmup') port.postMessage({ type: 'step', targetIndex });
  if (type === 'measure') measure(targetIndex);
  if (type === 'finish') { port.postMessage({ type: 'end', isCutShort: false }); port.close(); }
});
`;

const plan: Plan = {
  ...BARE_PLAN,
  targets: [
    { provider: 'nobody', model: 'fake', url: 'http://127.0.0.1:9', dialect: 'openai-chat', profile: EMPTY_PROFILE },
  ],
  workload: { source: 'inline', sha256: '', items: 1 },
  load: { kind: 'open-loop', arrival: 'constant', ratePerSecond: 1_000, stages: [], maxInFlight: undefined },
  stop: { requests, durationMs: undefined },
  warmupRequests: 1,
  timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 120_000 },
  objectives: [{ metric: 'ttft', max: 100 }],
  repeatArguments: undefined,
};

let peakBytes = 0;
const watch = setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, 50);
try {
  const file = join(folder, 'thread.mjs');
  writeFileSync(file, THREAD);
  const quiet = { warn: () => undefined, info: () => undefined, debug: () => undefined };
  const started = await startRun(
    { ...createContext(quiet), threadUrl: pathToFileURL(file) },
    {
      runId: undefined,
      plan,
      items: [],
      credentials: [],
      renewals: [],
      db: join(folder, 'million.duckdb'),
      withRecords: false,
    },
  );
  const begunMs = performance.now();
  const lastSeen = setInterval(() => {
    const [target] = started.view().targets;
    const rss = Math.round(process.memoryUsage.rss() / BYTES_PER_MB);
    say(`${((performance.now() - begunMs) / 1_000).toFixed(0).padStart(4)} s  ${target?.completed} taken, ${rss} MB`);
    if (target?.phase === 'over') clearInterval(lastSeen);
  }, 10_000);
  let measuredMs = Number.NaN;
  const untilOver = setInterval(() => {
    if (started.view().targets[0]?.phase !== 'over' || !Number.isNaN(measuredMs)) return;
    measuredMs = performance.now();
  }, 20);
  const { result, trouble } = await started.outcome;
  const endMs = performance.now();
  clearInterval(lastSeen);
  clearInterval(untilOver);
  if (trouble !== undefined) throw trouble;
  const [summary] = result.targets;
  const gaps = summary?.metrics['tbt']?.n ?? 0;
  const scale = MILLION / requests;
  const peakMb = peakBytes / BYTES_PER_MB;
  say(
    `${requests} requests of ${EVENTS} events at ${rate} events/s${scale === 1 ? '' : `; a million would take ${scale} times as long`}`,
  );
  sayFigure({
    what: 'requests, and gaps between events',
    figure: `${summary?.requests.completed}, ${gaps}`,
    goal: `${requests}, ${requests * (EVENTS - 1)}`,
    isMet: summary?.requests.completed === requests && gaps === requests * (EVENTS - 1),
  });
  sayFigure({
    what: 'resident memory at its peak',
    figure: `${peakMb.toFixed(0)} MB`,
    goal: '≤ 1024 MB',
    isMet: peakMb <= 1_024,
  });
  const summaryS = (endMs - measuredMs) / 1_000;
  sayFigure({
    what: 'from the last record to the result',
    figure: `${summaryS.toFixed(2)} s`,
    goal: '≤ 5 s',
    isMet: summaryS <= 5,
  });
  say(
    `tbt p50 ${summary?.metrics['tbt']?.p50} p99 ${summary?.metrics['tbt']?.p99}, ttft p99 ${summary?.metrics['ttft']?.p99}`,
  );
} finally {
  clearInterval(watch);
  rmSync(folder, { recursive: true });
}
