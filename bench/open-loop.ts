// Open loop of 2,000 arrivals/s after Poisson, short streams: do the requests start when they should?
// usage: node bench/open-loop.ts [SECONDS] [RATE]
import { startEndpoint } from './rig/endpoint.ts';
import { percent, say, sayFigure, spread } from './rig/figures.ts';
import { measure } from './rig/measure.ts';
import { quantileOf } from './rig/truth.ts';

const seconds = Number(process.argv[2] ?? 10);
const rate = Number(process.argv[3] ?? 2_000);

const endpoint = await startEndpoint({ tokens: 5, gapMs: 10, ttftMs: [20, 60] });
const { records, originMs, cpuRatio, complaints } = await measure({
  url: endpoint.url,
  load: { kind: 'open-loop', arrival: 'poisson', ratePerSecond: rate, maxInFlight: undefined, stages: [] },
  stop: { requests: undefined, durationMs: seconds * 1_000 },
  warmupRequests: 500,
});
await endpoint.stop();
const completed = records.filter(({ outcome }) => outcome.kind === 'completed').length;
const delays = records.map(({ instants }) => instants.startedAtMs - (instants.scheduledAtMs ?? Number.NaN));
const scheduled = records.map(({ instants }) => instants.scheduledAtMs ?? Number.NaN).toSorted((a, b) => a - b);
const inTime = records.filter(({ instants }) => instants.startedAtMs <= (scheduled.at(-1) ?? 0)).length;
const ratio = inTime / records.length;
const [p50, p99] = [quantileOf(delays, 0.5), quantileOf(delays, 0.99)];
sayFigure({
  what: `open loop ${rate}/s: started while it lasted`,
  figure: `${percent(ratio)} of ${records.length}, ${records.length - completed} failed`,
  goal: '≥ 99.5 %',
  isMet: ratio >= 0.995 && completed === records.length,
});
sayFigure({
  what: `open loop ${rate}/s: dispatchDelay`,
  figure: spread(delays),
  goal: 'p50 ≤ 0.1 ms, p99 ≤ 1 ms',
  isMet: p50 <= 0.1 && p99 <= 1,
});
const fromMs = originMs + (scheduled[0] ?? 0);
say(`CPU of the measuring thread: ${percent(cpuRatio(fromMs, originMs + (scheduled.at(-1) ?? 0)))}`);
for (const complaint of complaints) if (!complaint.includes('asked for m')) say(`ledger: ${complaint}`);
