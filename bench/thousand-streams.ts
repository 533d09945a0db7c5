// 1,000 streams × 50 chunks/s through one measuring thread: is every chunk recorded, how late is its stamp, what does it cost?
// usage: node bench/thousand-streams.ts [STREAMS] [SECONDS]
import { ms, percent, say, sayFigure } from './rig/figures.ts';
import { burst, measureStreams, readStreams, type StreamsResult } from './rig/streams.ts';

const streams = Number(process.argv[2] ?? 1_000);
const seconds = Number(process.argv[3] ?? 10);
const GAP_MS = 20;
const endpoint = burst((seconds * 1_000) / GAP_MS, GAP_MS);

const bare = await readStreams(streams, endpoint);
const own = await measureStreams(streams, endpoint);

sayRow('chunks recorded', (one) => `${one.chunksSeen} of ${one.chunksSent}`, [
  'all',
  own.chunksSeen === own.chunksSent,
]);
sayRow('lag p50', (one) => ms(one.lagP50Ms), ['≤ 0.1 ms', own.lagP50Ms <= 0.1]);
sayRow('lag p99', (one) => ms(one.lagP99Ms), ['≤ 5 ms', own.lagP99Ms <= 5]);
sayRow('CPU of the measuring thread', (one) => percent(one.cpuRatio), ['≤ 75 % of a core', own.cpuRatio <= 0.75]);
for (const complaint of own.complaints.filter((one) => !one.includes('asked for m'))) say(`ledger: ${complaint}`);
say(`endpoint: ${percent(own.endpointCpuRatio)} of a core`);

function sayRow(
  what: string,
  cell: (result: StreamsResult) => string,
  [goal, isMet]: readonly [string, boolean],
): void {
  const reference = bare === undefined ? 'skipped: no gcc' : cell(bare);
  sayFigure({ what: `${streams} streams × ${1_000 / GAP_MS}/s: ${what}`, figure: cell(own), goal, isMet, reference });
}
