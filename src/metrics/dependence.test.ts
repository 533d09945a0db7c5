import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noiseOf, uniformOf } from '../../test/support/noise.ts';
import { createRandom } from '../random.ts';
import { blockBootstrapMean } from './block-bootstrap.ts';
import { levelChange, pettitt, twoGroups } from './change-notes.ts';
import { centredRanks, serialDependence } from './dependence.ts';
import { meanInterval } from './interval.ts';

test('ranks, equals sharing theirs, minus their mean', () => {
  assert.deepEqual([...centredRanks([3, 1, 3, 3, 2])], [1, -2, 1, 1, -1]);
  assert.deepEqual([...centredRanks([7])], [0]);
});

test('independent samples count in full, neighbours that are alike count less', () => {
  const noise = noiseOf(1);
  assert.equal(serialDependence(Array.from({ length: 2_000 }, noise)), 1);
  let last = 0;
  const chained = Array.from({ length: 20_000 }, () => {
    last = 0.5 * last + noise();
    return last;
  });
  // An AR(1) chain of 0.5 has 1 + 2 × 0.5 ÷ (1 − 0.5) = 3; ranks and the cut of small lags give a little less.
  const dependence = serialDependence(chained);
  assert.ok(dependence > 2.5 && dependence < 3.2, String(dependence));
  // Two prompts in turn: neighbours are unlike.
  assert.equal(serialDependence(Array.from({ length: 500 }, (_, index) => (index % 2) * 100 + noise())), 1);
  assert.equal(serialDependence([5, 5, 5]), 1);
});

test("the block bootstrap agrees with Student's interval where samples are independent, and is wider where they are not", () => {
  const noise = noiseOf(2);
  const samples = Array.from({ length: 1_000 }, () => 100 + 10 * noise());
  const block = blockBootstrapMean(samples, { random: uniformOf(1) });
  const student = meanInterval(samples);
  assert.ok(block !== undefined && student !== undefined);
  const ratio = (block.high - block.low) / (student.high - student.low);
  assert.ok(ratio > 0.85 && ratio < 1.15, String(ratio));
  assert.deepEqual(blockBootstrapMean(samples, { random: uniformOf(1) }), block);
  const slow = samples.map((sample, index) => sample + 30 * Math.sin(index / 80));
  const slowBlock = blockBootstrapMean(slow, { random: uniformOf(1), blockLength: 200 });
  const slowStudent = meanInterval(slow);
  assert.ok(slowBlock !== undefined && slowStudent !== undefined);
  assert.ok(slowBlock.high - slowBlock.low > 1.5 * (slowStudent.high - slowStudent.low));
  assert.equal(blockBootstrapMean([1], { random: uniformOf(1) }), undefined);
  assert.deepEqual(blockBootstrapMean([4, 4, 4], { random: uniformOf(1) }), { value: 4, low: 4, high: 4 });
});

test("Pettitt's K agrees with ranks by scipy", () => {
  const series = [
    ...Array.from({ length: 25 }, (_, index) => 100 + ((index * 17) % 11)),
    ...Array.from({ length: 20 }, (_, index) => 130 + ((index * 13) % 7)),
  ];
  assert.deepEqual(pettitt(series), { k: 500, at: 25 });
  const change = levelChange(series);
  assert.equal(change?.at, 25);
  assert.equal(change?.before, 105);
  assert.equal(change?.after, 133);
});

test('neither a level nor groups are seen in plain noise, whatever its tail', () => {
  const random = createRandom(3, 'plain');
  const shapes: readonly (() => number)[] = [
    () => 300 * Math.exp(0.3 * noise()),
    () => 300 + 40 * noise(),
    () => 100 + 50 * random.exponential(),
    () => 100 + 100 * random.next(),
  ];
  const noise = noiseOf(3);
  let seen = 0;
  for (let trial = 0; trial < 400; trial++) {
    const shape = shapes[trial % shapes.length] as () => number;
    const series = Array.from({ length: 60 + trial }, shape);
    if (twoGroups(series) !== undefined || levelChange(series) !== undefined) seen++;
  }
  assert.ok(seen <= 4, `${seen} of 400`);
});

test('two groups are seen with their medians and shares', () => {
  const noise = noiseOf(4);
  const series = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? 120 : 400) * Math.exp(0.1 * noise()));
  const groups = twoGroups(series);
  assert.ok(groups !== undefined);
  assert.ok(Math.abs(groups.low - 120) < 6 && Math.abs(groups.high - 400) < 20);
  assert.ok(Math.abs(groups.lowRatio - 1 / 3) < 0.01);
  assert.equal(twoGroups(series.slice(0, 30)), undefined);
});
