import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildStreamedRecord, buildTarget } from '../../test/support/record-builder.ts';
import { REQUEST_METRICS, WINDOW_METRICS } from '../metrics/catalogue.ts';
import { createTargetTally, type TargetSummary } from '../metrics/summary.ts';
import type { Target } from '../model/target.ts';
import { renderCsv } from './csv.ts';

/** Two requests with TTFTs of 100.25 and 150 ms that took 200 and 301 ms; two tokens each. */
function summaryOf(target: Partial<Target> = {}): TargetSummary {
  const tally = createTargetTally(buildPlan({ targets: [buildTarget(target)] }), 0);
  tally.add(buildStreamedRecord({ id: 1, startedAtMs: 0, tokenAtMs: [100.25, 180], endedAtMs: 200 }));
  tally.add(buildStreamedRecord({ id: 2, startedAtMs: 0, tokenAtMs: [150, 300], endedAtMs: 301 }));
  return tally.summarize(undefined);
}

const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

test('the first line names the columns, and every metric of the catalogue has a line a target', () => {
  const [head, ...lines] = linesOf(renderCsv('r-1', [summaryOf(), summaryOf({ model: 'other' })]));
  assert.equal(head, 'run,provider,model,metric,unit,n,mean,stdev,min,max,p50,p90,p95,p99');
  const ids = [...REQUEST_METRICS, ...WINDOW_METRICS].map(({ id, unit }) => `${id},${unit}`);
  assert.deepEqual(
    lines.map((line) => line.split(',').slice(0, 5).join(',')),
    [...ids.map((id) => `r-1,local,fake,${id}`), ...ids.map((id) => `r-1,local,other,${id}`)],
  );
});

test('figures have full precision and no unit', () => {
  const line = linesOf(renderCsv('r-1', [summaryOf()])).find((text) => text.includes(',ttft,')) ?? '';
  // Mean (100.25 + 150) ÷ 2; deviation 49.75 ÷ √2; quantiles 100.25 + 49.75 × 0.5, 0.9, 0.95, 0.99.
  assert.equal(line, 'r-1,local,fake,ttft,ms,2,125.125,35.17856236403074,100.25,150,125.125,145.025,147.5125,149.5025');
});

test('what is undefined is an empty cell, never a zero', () => {
  const empty = createTargetTally(buildPlan(), 0).summarize(undefined);
  for (const line of linesOf(renderCsv('r-1', [empty])).slice(1)) assert.match(line, /,0,{8}$/);
});

for (const name of ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1']) {
  test(`a model named ${JSON.stringify(name)} is no formula in a spreadsheet`, () => {
    const [, line = ''] = renderCsv('r-1', [summaryOf({ model: name })]).split(/\n(?=r-1,)/);
    const cell = line.slice('r-1,local,'.length);
    assert.match(cell, /^"?'/);
  });
}

test('names with commas, quotes and line ends stay one cell', () => {
  const text = renderCsv('r-1', [summaryOf({ provider: 'a,b', model: 'say "x"\nagain' })]);
  assert.ok(text.includes('r-1,"a,b","say ""x""\nagain",ttft,ms,2,'));
});
