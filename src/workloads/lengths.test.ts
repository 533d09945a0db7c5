import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AppError } from '../errors.ts';
import type { LengthDistribution, LengthLaw } from '../model/recipe.ts';
import { createRandom } from '../random.ts';
import { readLength } from './length-grammar.ts';
import { drawLength } from './lengths.ts';
import { readPrefixShare, readSynthetic } from './synthetic-grammar.ts';

const folder = mkdtempSync(join(tmpdir(), 'lengths-'));
after(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function refusalOf(work: () => unknown): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new Error('nothing was refused');
}

describe('the grammar of lengths', () => {
  for (const [text, law, min, max] of [
    ['1024', { kind: 'constant', tokens: 1_024 }, 1, undefined],
    ['8k', { kind: 'constant', tokens: 8_000 }, 1, undefined],
    ['1024±128', { kind: 'normal', mean: 1_024, deviation: 128 }, 1, undefined],
    ['1024+-128', { kind: 'normal', mean: 1_024, deviation: 128 }, 1, undefined],
    ['1024 +/- 12.5', { kind: 'normal', mean: 1_024, deviation: 12.5 }, 1, undefined],
    ['normal:1024,128[64..4096]', { kind: 'normal', mean: 1_024, deviation: 128 }, 64, 4_096],
    ['128..512', { kind: 'uniform', from: 128, to: 512 }, 1, undefined],
    ['uniform:1..2', { kind: 'uniform', from: 1, to: 2 }, 1, undefined],
    ['lognormal:6.2,0.5', { kind: 'lognormal', mu: 6.2, sigma: 0.5 }, 1, undefined],
    ['lognormal:6.2,0.5[..2000]', { kind: 'lognormal', mu: 6.2, sigma: 0.5 }, 1, 2_000],
    // The median is e^mu, and p90 is e^(mu + 1.28155 sigma): ln(1500 ÷ 500) ÷ 1.28155 = 0.857252.
    ['lognormal:median=500,p90=1500', { kind: 'lognormal', mu: Math.log(500), sigma: 0.8572518 }, 1, undefined],
  ] as const satisfies readonly (readonly [string, LengthDistribution, number, number | undefined])[]) {
    test(text, async () => {
      const read = await readLength(text, '--synthetic in');
      assert.deepEqual([read.min, read.max], [min, max]);
      const rounded = (of: LengthDistribution): string =>
        JSON.stringify(of, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(6)) : value));
      assert.equal(rounded(read.law), rounded(law));
    });
  }

  for (const [text, problem] of [
    ['', /"" is no length in tokens; write 1024, /],
    ['many', /"many" is no length/],
    ['0', /"0" never gives a length of 1 tokens/],
    ['-5', /no length/],
    ['512..128', /no length/],
    ['1.5..2', /no length/],
    ['100[200..300]', /never gives a length of 200/],
    ['100±10[300..200]', /allows no length: 300 is above 200/],
    ['lognormal:median=500,p90=400', /no length/],
  ] as const) {
    test(`"${text}" is refused`, async () => {
      const refusal = await refusalOf(() => readLength(text, '--synthetic in'));
      assert.equal(refusal.code, 'FLAG_INVALID');
      assert.match(refusal.message, /^--synthetic in: /);
      assert.match(refusal.message, problem);
    });
  }

  test('a file of lengths, with weights and a heading', async () => {
    const file = fileOf('seen.csv', 'tokens,weight\n512,1\n128,2\n\n512\n');
    const { law } = await readLength(`empirical:${file}`, '--synthetic out');
    // 128 twice of four, 512 once and once.
    assert.deepEqual(law, { kind: 'empirical', tokens: [128, 512], shares: [0.5, 1] });
  });

  test('a file with a bad line names the line', async () => {
    const refusal = await refusalOf(() => readLength(`empirical:${fileOf('bad.txt', '5\nsix\n')}`, '--synthetic in'));
    assert.equal(refusal.code, 'FILE_MALFORMED');
    assert.match(refusal.message, /bad\.txt:2: this is no length in tokens/);
    const empty = await refusalOf(() => readLength(`empirical:${fileOf('empty.txt', '\n')}`, '--synthetic in'));
    assert.match(empty.message, /no length in this file/);
  });

  test('--synthetic takes laws with commas in them, in any order', async () => {
    const read = await readSynthetic('out=lognormal:median=50,p90=90[..400], in=normal:1024,128, prompts=7');
    assert.equal(read.input.law.kind, 'normal');
    assert.equal(read.output?.law.kind, 'lognormal');
    assert.equal(read.output?.max, 400);
    assert.equal(read.prompts, 7);
    assert.equal((await readSynthetic('in=5')).output, undefined);
  });

  for (const [text, problem] of [
    ['out=5', /in= is missing/],
    ['in=5,in=6', /in is there twice/],
    ['length=5', /"length=5" is none of in=, out=, prompts=/],
    ['in=5,prompts=0', /prompts=0 is not a whole number from 1/],
  ] as const) {
    test(`--synthetic ${text} is refused`, async () => {
      assert.match((await refusalOf(() => readSynthetic(text))).message, problem);
    });
  }

  test('a share of prefixes', async () => {
    assert.deepEqual(readPrefixShare('0.5:4'), { ratio: 0.5, count: 4 });
    assert.deepEqual(readPrefixShare('50%:4'), { ratio: 0.5, count: 4 });
    assert.deepEqual(readPrefixShare('1'), { ratio: 1, count: 1 });
    for (const text of ['0:4', '1.5:2', '150%', '0.5:0', 'half']) {
      assert.equal((await refusalOf(() => readPrefixShare(text))).code, 'FLAG_INVALID', text);
    }
  });
});

const DRAWN = 10_000;

function draws(law: LengthDistribution, seed: number, limits: Partial<LengthLaw> = {}): readonly number[] {
  const random = createRandom(seed, 'lengths');
  return Array.from({ length: DRAWN }, () => drawLength({ law, min: 1, max: undefined, ...limits }, random));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviationOf = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const quantile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)] ?? Number.NaN;

for (const seed of [1, 2, 3]) {
  describe(`ten thousand draws of seed ${seed}`, () => {
    test('normal lengths have the mean and deviation that were asked for', () => {
      const lengths = draws({ kind: 'normal', mean: 1_024, deviation: 128 }, seed);
      // Standard errors: 128 ÷ √10000 = 1.28 of the mean, 128 ÷ √20000 = 0.9 of the deviation; four of each.
      assert.ok(Math.abs(mean(lengths) - 1_024) < 5.2, `${mean(lengths)}`);
      assert.ok(Math.abs(deviationOf(lengths) - 128) < 3.7, `${deviationOf(lengths)}`);
      // 15.87 % lie below the mean less a deviation; the standard error is 0.37 %.
      const below = lengths.filter((length) => length < 896).length / DRAWN;
      assert.ok(Math.abs(below - 0.1587) < 0.015, `${below}`);
    });

    test('uniform lengths are each as frequent, both ends included', () => {
      const lengths = draws({ kind: 'uniform', from: 5, to: 9 }, seed);
      for (const length of [5, 6, 7, 8, 9]) {
        const share = lengths.filter((drawn) => drawn === length).length / DRAWN;
        assert.ok(Math.abs(share - 0.2) < 0.016, `${length}: ${share}`); // Four standard errors of 0.4 %.
      }
    });

    test('log-normal lengths have their median and p90', () => {
      const sigma = Math.log(3) / 1.2815515655446004;
      const lengths = draws({ kind: 'lognormal', mu: Math.log(500), sigma }, seed);
      // By the standard error of a quantile, some 1.1 % of the median and 1.5 % of p90; four of each.
      assert.ok(Math.abs(quantile(lengths, 0.5) / 500 - 1) < 0.044, `${quantile(lengths, 0.5)}`);
      assert.ok(Math.abs(quantile(lengths, 0.9) / 1_500 - 1) < 0.06, `${quantile(lengths, 0.9)}`);
    });

    test('empirical lengths come as often as they were seen', () => {
      const lengths = draws({ kind: 'empirical', tokens: [10, 20, 30], shares: [0.5, 0.6, 1] }, seed);
      const share = (length: number): number => lengths.filter((drawn) => drawn === length).length / DRAWN;
      assert.ok(
        Math.abs(share(10) - 0.5) < 0.02 && Math.abs(share(20) - 0.1) < 0.012 && Math.abs(share(30) - 0.4) < 0.02,
      );
    });

    test('limits are kept by drawing again', () => {
      const lengths = draws({ kind: 'normal', mean: 100, deviation: 50 }, seed, { min: 80, max: 120 });
      assert.ok(lengths.every((length) => length >= 80 && length <= 120));
      // Within them all is as before: no heap at the ends.
      assert.ok(lengths.filter((length) => length === 80).length < 400);
    });
  });
}

test('the same seed draws the same lengths', () => {
  const law = { kind: 'normal', mean: 1_024, deviation: 128 } as const;
  assert.deepEqual(draws(law, 7), draws(law, 7));
  assert.notDeepEqual(draws(law, 7), draws(law, 8));
});
