import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDecimals, formatMs, formatNumber, formatRatio, formatValue } from './format.ts';
import { renderHistogram } from './histogram.ts';
import { renderRunList } from './run-list.ts';
import { PLAIN_STYLE } from './style.ts';
import { renderTable } from './table.ts';

for (const [value, text] of [
  [undefined, '—'],
  [0, '0'],
  [7, '7'],
  [1_234_567, '1,234,567'], // Whole numbers keep all their figures.
  [12.345, '12.3'],
  [1.2345, '1.23'],
  [0.12345, '0.123'],
  [0.012345, '0.012'], // No more than three decimals.
  [123.45, '123'],
  [1_234.5, '1,235'],
  [9.999, '10.0'], // Three figures after rounding too,
  [99.96, '100'],
  [0.9996, '1.00'],
  [-2.345678, '-2.35'],
] as const) {
  test(`the number ${value} is shown as ${text}`, () => assert.equal(formatNumber(value), text));
}

test('decimals are those of Intl', () => {
  const sizes = [
    0, 1.005, 2.5, 0.125, 170.42249999999999, 999.9995, 1_234_567.891, 16_850_851_689_143.549, 4.65e-8, 1e-7, 2e21,
  ];
  const values = [...sizes, Number.NaN, Number.POSITIVE_INFINITY].flatMap((size) => [size, -size]);
  for (const value of values) {
    for (let count = 0; count <= 8; count++) {
      const byIntl = value.toLocaleString('en-US', { minimumFractionDigits: count, maximumFractionDigits: count });
      assert.equal(formatDecimals(value, count), byIntl, `${value}, ${count}`);
    }
  }
});

for (const [ms, text] of [
  [undefined, '—'],
  [0, '0 ms'],
  [0.0525, '0.053 ms'],
  [52.13, '52.1 ms'],
  [812.6, '813 ms'],
  [1_000, '1 s'],
  [1_240, '1.24 s'],
  [59_940, '59.9 s'],
  [60_000, '1m00s'],
  [61_499, '1m01s'], // Minutes have whole seconds: 61.5 would be the next.
  [3_725_000, '62m05s'], // 62 × 60 + 5
  [-1_500, '-1.50 s'],
] as const) {
  test(`${ms} ms is shown as ${text}`, () => assert.equal(formatMs(ms), text));
}

for (const [value, unit, text] of [
  [undefined, 'ms', '—'],
  [undefined, 'usd', '—'],
  [52.13, 'ms', '52.1 ms'],
  [0.025, 'ratio', '2.50 %'],
  [1, 'ratio', '100 %'],
  [18.34, 'tokens/s', '18.3'],
  [18.34, 'requests/s', '18.3'],
  [0.0012346, 'usd', '$0.001235'], // Cents of a cent count while the sum is small.
  [0.000_001_25, 'usd', '$0.00000125'],
  [0, 'usd', '$0.00'],
  [12.345, 'usd', '$12.35'],
  [1234.5, 'usd', '$1,234.50'],
] as const) {
  test(`${value} in ${unit} is shown as ${text}`, () => assert.equal(formatValue(value, unit), text));
}

test('a share that is unknown is a dash, and none is 0 %', () => {
  assert.equal(formatRatio(undefined), '—');
  assert.equal(formatRatio(0), '0 %');
});

test('the longest bar of a histogram is 40 wide, the others in proportion, and no sample goes unseen', () => {
  const bins = [
    { from: 0, to: 10, count: 100 },
    { from: 10, to: 20, count: 50 },
    { from: 20, to: 30, count: 0 },
    { from: 30, to: 40, count: 1 },
  ];
  assert.deepEqual(
    renderHistogram(bins).map((line) => line.slice(line.indexOf('|'))),
    [
      `| ${'#'.repeat(40)} (100)`,
      `| ${'#'.repeat(20)} (50)`, // 50 ÷ 100 × 40
      '| (0)',
      '| # (1)', // 0.4, rounded up
    ],
  );
});

test('ten bins are ten lines, with their edges under each other', () => {
  const bins = Array.from({ length: 10 }, (_, index) => ({ from: 95 + index, to: 96 + index, count: index }));
  const lines = renderHistogram(bins);
  assert.equal(lines.length, 10);
  assert.equal(new Set(lines.map((line) => line.indexOf('–'))).size, 1);
  assert.equal(new Set(lines.map((line) => line.indexOf('|'))).size, 1);
  assert.match(lines[0] ?? '', /^ *95(\.0+)? – +96(\.0+)? ms \|/);
});

test('neighbouring edges of narrow bins can be told apart', () => {
  const [line = ''] = renderHistogram([{ from: 100, to: 100.01, count: 1 }]);
  const [, from, to] = /^ *([\d.]+) – +([\d.]+) ms/.exec(line) ?? [];
  assert.deepEqual([Number(from), Number(to)], [100, 100.01]);
});

test('a histogram without samples has no lines', () => assert.deepEqual(renderHistogram([]), []));

test('a table puts its first column to the left and figures to the right, and fills short rows', () => {
  assert.deepEqual(renderTable([['name', 'p50', 'n'], ['ttft', '1.5 ms', '12'], ['rest']]), [
    'name     p50   n',
    'ttft  1.5 ms  12',
    'rest',
  ]);
  assert.deepEqual(renderTable([]), []);
});

test('colours do not move the columns of a table', () => {
  const [, line = ''] = renderTable([
    ['a', '\u001b[2m1*\u001b[22m'],
    ['b', '100'],
  ]);
  assert.equal(line, 'b  100');
});

test('a list of runs has a line a run, with what was measured last', () => {
  const run = {
    id: 'r-1',
    state: 'completed',
    startedAtIso: '2026-01-02T03:04:05.678Z',
    durationMs: 12_300,
    providers: ['a', 'b'],
    models: ['m'],
    labels: [],
    importedFrom: undefined,
    requests: 1_200,
    completed: 1_199,
    failed: 1,
  } as const;
  const runs = [run, { ...run, id: 'nightly', state: 'interrupted', providers: ['a'], labels: ['x'] }] as const;
  assert.equal(
    renderRunList(runs, { style: PLAIN_STYLE, columns: 100 }),
    [
      'run            started (UTC)        state    took  requests     ok  failed  targets',
      'r-1      2026-01-02 03:04:05    completed  12.3 s     1,200  1,199       1  a, b · m',
      'nightly  2026-01-02 03:04:05  interrupted  12.3 s     1,200  1,199       1  a · m #x',
    ].join('\n'),
  );
  const imported = { ...run, models: ['m'.repeat(100)], importedFrom: 'vllm' } as const;
  const narrow = renderRunList([imported], { style: PLAIN_STYLE, columns: 80 }).split('\n');
  assert.match(narrow[1] ?? '', /imported/);
  assert.match(narrow[2] ?? '', /^ {2}from vllm: a, b · m+…$/);
  assert.ok(narrow.every((line) => line.length <= 80));
  assert.equal(renderRunList([], { style: PLAIN_STYLE, columns: 80 }), 'no runs yet');
});
