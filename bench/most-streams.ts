// How many streams at 50 chunks/s can one measuring thread read with a lag p99 of at most 5 ms? Doubling, then halving the interval,
// for llm-bench and for the bare reader.
// usage: node bench/most-streams.ts [SECONDS per step]
import { percent, say, sayFigure } from './rig/figures.ts';
import { burst, measureStreams, readStreams, type StreamsResult } from './rig/streams.ts';

const seconds = Number(process.argv[2] ?? 5);
const GAP_MS = 20;
const MAX_LAG_P99_MS = 5;
const FIRST = 500;
const STEP = 125;
const MOST = 8_000;
const endpoint = burst((seconds * 1_000) / GAP_MS, GAP_MS);

const bare = await most('bare reader', (streams) => readStreams(streams, endpoint));
const own = await most('llm-bench', (streams) => measureStreams(streams, endpoint));
sayFigure({
  what: `most streams × ${1_000 / GAP_MS}/s with lag p99 ≤ ${MAX_LAG_P99_MS} ms`,
  figure: String(own),
  goal: '≥ half of the reader’s',
  isMet: bare === undefined ? undefined : own !== undefined && own >= bare / 2,
  reference: bare === undefined ? 'skipped: no gcc' : String(bare),
});

/** Undefined when there is nobody to measure. */
async function most(
  who: string,
  measureAt: (streams: number) => Promise<StreamsResult | undefined>,
): Promise<number | undefined> {
  let good = 0;
  let bad = MOST;
  let streams = FIRST;
  while (bad - good > STEP) {
    const result = await measureAt(streams);
    if (result === undefined) return undefined;
    const isGood = result.lagP99Ms <= MAX_LAG_P99_MS && result.chunksSeen === result.chunksSent;
    say(
      `  ${who}: ${streams} streams: lag p99 ${result.lagP99Ms.toFixed(2)} ms, CPU ${percent(result.cpuRatio)}, endpoint ${percent(result.endpointCpuRatio)}`,
    );
    if (isGood) good = streams;
    else bad = streams;
    streams = bad === MOST ? Math.min(MOST, good * 2) : Math.round((good + bad) / 2 / STEP) * STEP;
    if (streams <= good || streams >= bad) break;
  }
  return good;
}
