// How true are our stamps? TTFT and gaps against what the endpoint wrote down, at 1, 16 and 128 streams × 50 chunks/s.
// usage: node bench/first-token.ts [--transport own|undici]
import { parseArgs } from 'node:util';
import { ms, say, sayFigure, spread } from './rig/figures.ts';
import { measureStreams, readStreams } from './rig/streams.ts';
import { quantileOf } from './rig/truth.ts';

const { values } = parseArgs({ options: { transport: { type: 'string', default: 'own' } } });
const GAP_MS = 20;
const undici = values.transport === 'undici' ? { threadUrl: new URL('./undici-thread.ts', import.meta.url) } : {};

/** Few tokens at one stream, whose requests come one after the other: a p99 needs a hundred of them. */
const ROWS = [
  { streams: 1, requests: 100, tokens: 12 },
  { streams: 16, requests: 320, tokens: 40 },
  { streams: 128, requests: 1_280, tokens: 40 },
];

for (const { streams, requests, tokens } of ROWS) {
  const endpoint = { tokens, gapMs: GAP_MS, ttftMs: [80, 120] } as const;
  // One request a stream, and none before: it is there to show what the machine does to anybody.
  const bare = await readStreams(Math.max(streams, 16), endpoint);
  const { ttftErrorsMs, gapErrorsMs, complaints } = await measureStreams(streams, endpoint, {
    stop: { requests, durationMs: undefined },
    warmupRequests: Math.max(32, streams * 2),
    ...undici,
  });
  const p50 = quantileOf(ttftErrorsMs, 0.5);
  const p99 = quantileOf(ttftErrorsMs, 0.99);
  const gapP99 = quantileOf(gapErrorsMs, 0.99);
  sayFigure({
    what: `TTFT error at ${streams} streams × ${1_000 / GAP_MS}/s`,
    figure: spread(ttftErrorsMs),
    goal: 'p50 ≤ 0.25 ms, p99 ≤ 0.6 ms',
    isMet: p50 <= 0.25 && p99 <= 0.6,
    reference: bare === undefined ? 'skipped: no gcc' : spread(bare.ttftErrorsMs),
  });
  sayFigure({
    what: `gap error at ${streams} streams`,
    figure: `p99 ${ms(gapP99)}`,
    goal: 'p99 ≤ 0.3 ms',
    isMet: gapP99 <= 0.3,
    reference: bare === undefined ? 'skipped: no gcc' : `p99 ${ms(quantileOf(bare.gapErrorsMs, 0.99))}`,
  });
  for (const complaint of complaints) if (!complaint.includes('asked for m')) say(`ledger: ${complaint}`);
}
