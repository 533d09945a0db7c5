// How often `compare` errs, and how long it takes: seeded pairs of runs, equal or shifted, of several sizes and spreads.
import { compareTargets } from '../src/metrics/comparison.ts';
import { SERIES_METRICS, type TargetSamples } from '../src/metrics/target-samples.ts';
import { createRandom } from '../src/random.ts';
import { noiseOf } from '../test/support/noise.ts';

const TRIALS = Number(process.argv[2] ?? 2_000);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Setting {
  readonly n: number;
  /** Of TTFT in B. */
  readonly factor: number;
  /** Standard deviation of TTFT's logarithm. */
  readonly spread: number;
  /** Correlation of a request's TTFT with the one before. */
  readonly chain: number;
}

const SETTINGS: readonly Setting[] = [
  { n: 30, factor: 1, spread: 0.25, chain: 0 },
  { n: 100, factor: 1, spread: 0.5, chain: 0 },
  { n: 400, factor: 1, spread: 0.25, chain: 0 },
  { n: 400, factor: 1, spread: 0.25, chain: 0.6 },
  { n: 400, factor: 1, spread: 0.25, chain: 0.9 },
  { n: 400, factor: 1.1, spread: 0.2, chain: 0 },
  { n: 400, factor: 1.1, spread: 0.3, chain: 0 },
  { n: 400, factor: 1.1, spread: 0.4, chain: 0 },
];

function side(noise: () => number, { n, factor, spread, chain }: Setting): TargetSamples {
  let level = noise();
  const ttft = Array.from({ length: n }, () => {
    level = chain * level + Math.sqrt(1 - chain * chain) * noise();
    return 300 * factor * Math.exp(spread * level);
  });
  const tpot = ttft.map(() => 20 * Math.exp(0.15 * noise()));
  const series = new Map(SERIES_METRICS.map(({ id }): [string, readonly number[]] => [id, []]));
  series.set('ttft', ttft).set('ttfo', ttft).set('tpot', tpot);
  series.set(
    'tokensPerSecond',
    tpot.map((value) => 1_000 / value),
  );
  series.set(
    'e2e',
    ttft.map((value, index) => value + 99 * (tpot[index] ?? 0)),
  );
  return { series, started: n, completed: n, failed: 0, meanCostUsd: undefined, meanOutputTokens: undefined };
}

const rules = { minEffect: 0.05, random: createRandom(1, 'bootstrap').next };
say(
  `${TRIALS} pairs each\n   n  B ÷ A  spread  chain   any regressed   ttft p50 regressed  improved  no change   ms each`,
);
for (const setting of SETTINGS) {
  const noise = noiseOf(7);
  const seen = { any: 0, regressed: 0, improved: 0, 'no-change': 0, inconclusive: 0 };
  const startedAtMs = performance.now();
  for (let trial = 0; trial < TRIALS; trial++) {
    const rows = compareTargets(side(noise, { ...setting, factor: 1 }), side(noise, setting), rules);
    if (rows.some(({ verdict }) => verdict === 'regressed')) seen.any++;
    seen[rows[0]?.verdict ?? 'inconclusive']++;
  }
  const share = (count: number): string => `${((100 * count) / TRIALS).toFixed(1)} %`.padStart(9);
  const eachMs = ((performance.now() - startedAtMs) / TRIALS).toFixed(2);
  const { n, factor, spread, chain } = setting;
  say(
    `${String(n).padStart(4)}  ${factor.toFixed(2)}   ${spread.toFixed(2)}    ${chain.toFixed(1)}       ${share(seen.any)}            ${share(seen.regressed)} ${share(seen.improved)}  ${share(seen['no-change'])}   ${eachMs.padStart(7)}`,
  );
}
const noise = noiseOf(8);
const large = { n: 100_000, factor: 1.01, spread: 0.25, chain: 0 };
const [a, b] = [side(noise, large), side(noise, large)];
const startedAtMs = performance.now();
compareTargets(a, b, rules);
say(`2 × ${large.n} requests, all metrics: ${(performance.now() - startedAtMs).toFixed(0)} ms`);
