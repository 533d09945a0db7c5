// Does storing move the stamps? 1,000 streams × 50 chunks/s, kept in memory and in DuckDB. How fast it takes events by itself:
// duckdb-append.ts.
// usage: node bench/append.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ms, sayFigure } from './rig/figures.ts';
import { burst, measureStreams } from './rig/streams.ts';

const STREAMS = 1_000;
const GAP_MS = 20;
const folder = mkdtempSync(join(tmpdir(), 'llm-bench-append-'));

try {
  const endpoint = burst(500, GAP_MS);
  const inMemory = await measureStreams(STREAMS, endpoint);
  const onDisk = await measureStreams(STREAMS, endpoint, { db: join(folder, 'run.duckdb') });
  sayFigure({
    what: `${STREAMS} streams × ${1_000 / GAP_MS}/s into DuckDB: lag`,
    figure: `p50 ${ms(onDisk.lagP50Ms)}, p99 ${ms(onDisk.lagP99Ms)}`,
    goal: 'p50 ≤ 0.1 ms, p99 ≤ 5 ms',
    isMet: onDisk.lagP50Ms <= 0.1 && onDisk.lagP99Ms <= 5,
    reference: `in memory p50 ${ms(inMemory.lagP50Ms)}, p99 ${ms(inMemory.lagP99Ms)}`,
  });
} finally {
  rmSync(folder, { recursive: true });
}
