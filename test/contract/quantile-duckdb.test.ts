/** Our quantile against another's: DuckDB's `quantile_cont`, which states the same rule (type 7, linear). */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { quantile, sortSamples } from '../../src/metrics/quantile.ts';
import { createRandom, type Random } from '../../src/random.ts';

const SIZES = [1, 2, 3, 4, 5, 7, 10, 11, 63, 64, 99, 100, 101, 130, 500, 662, 1000, 2048];
const SHARES = [0, 0.001, 0.05, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const TOLERANCE = 1e-9;

/** Shapes of latencies, and some that are harder to sort or to interpolate. */
const SHAPES: Readonly<Record<string, (random: Random) => number>> = {
  'long-tailed': (random) => 50 + 200 * random.exponential(),
  'two humps': (random) => (random.next() < 0.8 ? 100 + 10 * random.next() : 5000 + 100 * random.next()),
  'whole and repeated': (random) => Math.floor(random.next() * 5),
  'of both signs': (random) => (random.next() - 0.5) * 1e6,
  tiny: (random) => random.next() * 1e-9,
};

let instance: DuckDBInstance;
let connection: DuckDBConnection;

before(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});

after(() => {
  connection.closeSync();
  instance.closeSync();
});

/** All quantiles at once. Values travel as text with all their digits. */
async function duckQuantiles(samples: readonly number[]): Promise<readonly number[]> {
  const values = samples.map((sample) => `('${sample}'::DOUBLE)`).join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT unnest(quantile_cont(x, [${SHARES.map((share) => `${share}::DOUBLE`).join(', ')}])) FROM (VALUES ${values}) t(x)`,
  );
  return reader.getRowsJS().map(([value]) => Number(value));
}

for (const [shape, draw] of Object.entries(SHAPES)) {
  test(`quantiles of samples that are ${shape} are those of DuckDB, at every size`, async () => {
    for (const size of SIZES) {
      const random = createRandom(7, `${shape}/${size}`);
      const samples = Array.from({ length: size }, () => draw(random));
      const theirs = await duckQuantiles(samples);
      assert.equal(theirs.length, SHARES.length);
      const sorted = sortSamples(samples);
      for (const [index, share] of SHARES.entries()) {
        const ours = quantile(sorted, share) ?? Number.NaN;
        const other = theirs[index] ?? Number.NaN;
        const isEqual = Math.abs(ours - other) <= TOLERANCE * Math.abs(other);
        assert.ok(isEqual, `${shape}, ${size} samples, ${share}: ours ${ours}, theirs ${other}`);
      }
    }
  });
}

test('without samples neither has a quantile', async () => {
  const reader = await connection.runAndReadAll(
    'SELECT quantile_cont(x, 0.5) FROM (SELECT 1::DOUBLE AS x WHERE false) t',
  );
  assert.deepEqual(reader.getRowsJS(), [[null]]);
  assert.equal(quantile(sortSamples([]), 0.5), undefined);
});
