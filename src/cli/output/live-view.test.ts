import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTarget } from '../../../test/support/record-builder.ts';
import type { LiveTarget, LiveView } from '../../app/live.ts';
import { readKey } from './live-keys.ts';
import { overviewLines, progressLine } from './live-lines.ts';
import { panelLines } from './live-panel.ts';
import { type Panel, panelAfter, screenLines } from './live-screen.ts';
import { redraw, rowsTaken } from './live-view.ts';
import { sparkline } from './sparkline.ts';

function liveTarget(more: Partial<LiveTarget> = {}): LiveTarget {
  return {
    target: buildTarget({ provider: 'local', model: 'mistral-7b' }),
    phase: 'measure',
    started: 36,
    completed: 30,
    failed: 0,
    inFlight: 6,
    dropped: 0,
    planned: 60,
    doneRatio: 0.5,
    requestsPerSecond: 12.34,
    tokensPerSecond: 512.6,
    ttftP50Ms: 52.13,
    ttftP95Ms: 110.04,
    failures: new Map(),
    remainingMs: 4_100,
    spentUsd: undefined,
    seconds: [],
    ...more,
  };
}

const viewOf = (...targets: readonly LiveTarget[]): LiveView => ({
  elapsedMs: 12_300,
  targets,
  budgetUsd: undefined,
  counting: undefined,
});

test('a target is a bar with its pace and a line of figures', () => {
  assert.deepEqual(overviewLines(viewOf(liveTarget()), 80, 24), [
    '████████████░░░░░░░░░░░░     30/60  5 s left   local · mistral-7b',
    '  6 in flight  12.3 rps  513 tok/s  ttft p50 52.1 ms p95 110 ms  0 failed',
  ]);
});

test('while tokens are counted, a line below says how far that is', () => {
  const view = { ...viewOf(liveTarget()), counting: { done: 200, total: 1_000 } };
  assert.equal(overviewLines(view, 80, 24).at(-1), 'counting tokens: 200 of 1000 requests');
  assert.ok(progressLine(view).endsWith('  ·  counting tokens: 200 of 1000 requests'));
});

const screen = (view: LiveView, panel: Panel, size: { columns: number; rows: number }, head: readonly string[] = []) =>
  screenLines({ view, head, panel, hasKeys: view.targets.length > 1, size });

test('the head stands above the targets, each has two lines, and the keys stand below', () => {
  const lines = screen(viewOf(liveTarget(), liveTarget()), 'all', { columns: 80, rows: 23 }, ['run r-1']);
  assert.equal(lines.length, 6);
  assert.equal(lines[0], 'run r-1');
  assert.equal(lines.at(-1), 'all 2 targets  ·  tab or ←/→: next  ·  1–9: one  ·  0: all');
});

test('targets that do not fit have one line each, and what then is left over is counted', () => {
  const many = viewOf(...Array.from({ length: 12 }, () => liveTarget()));
  assert.equal(overviewLines(many, 80, 24).length, 24);
  assert.equal(overviewLines(many, 80, 23).length, 12);
  // 56 characters of the head, and 40 more: only a wide terminal has room for them.
  assert.equal(overviewLines(many, 79, 23)[0], '████████████░░░░░░░░░░░░     30/60  5 s left   local · mistral-7b');
  assert.equal(
    overviewLines(many, 119, 23)[0],
    '████████████░░░░░░░░░░░░     30/60  5 s left   local · mistral-7b  ttft 52.1 ms   513 tok/s    0 failed',
  );
  const lines = overviewLines(many, 80, 5);
  assert.equal(lines.length, 5);
  assert.equal(lines.at(-1), '… and 8 more');
});

test('the whole view is never higher than the terminal', () => {
  const many = viewOf(...Array.from({ length: 12 }, () => liveTarget({ spentUsd: 0.1 })));
  for (const rows of [23, 12, 6, 3, 1]) {
    for (const panel of ['all', 3] as const) {
      assert.ok(screen(many, panel, { columns: 79, rows }, ['run', 'load']).length <= rows);
    }
  }
});

test('one target in full: what it is at, second by second, what failed, what it cost', () => {
  const failures = new Map([
    ['server', 1],
    ['rate-limited', 4],
  ] as const);
  const seconds = [
    { ttftP50Ms: 100, tokens: 0 },
    { ttftP50Ms: undefined, tokens: 800 },
    { ttftP50Ms: 50, tokens: 400 },
  ];
  const target = liveTarget({ seconds, failures, failed: 5, spentUsd: 0.25 });
  assert.deepEqual(panelLines({ ...viewOf(target), budgetUsd: 0.5 }, 0, 80), [
    '████████████░░░░░░░░░░░░     35/60  5 s left   local · mistral-7b',
    // 80 − 2 − 10 − 30 = 38 characters, of which three are used; 100 is the largest, and 50 ÷ 100 × 8 = block 4.
    `  ttft    ${' '.repeat(35)}█ ▅  p50 52.1 ms  p95 110 ms`,
    `  tok/s   ${' '.repeat(35)}▁█▅  513 now`,
    '  6 in flight  12.3 rps  30 completed',
    '  5 failed: 4 rate-limited, 1 server',
    'spent $0.250000 of $0.500000',
  ]);
});

test('of several targets, a panel tells its own part of what was spent', () => {
  const view = viewOf(liveTarget({ spentUsd: 0.25 }), liveTarget({ spentUsd: 0.5 }));
  assert.equal(panelLines(view, 1, 80).at(-1), 'spent $0.750000, here $0.500000');
});

test('a panel without room for a line of blocks has the figures', () => {
  const lines = panelLines(viewOf(liveTarget()), 0, 44);
  assert.equal(lines[1], '  ttft p50 52.1 ms  p95 110 ms');
  assert.ok(lines.every((line) => line.length <= 44));
});

for (const [values, width, shown] of [
  [[], 4, '    '],
  [[0, 0], 4, '  ▁▁'], // Nothing happened, which is not nothing known.
  [[1, undefined, 8], 3, '▂ █'], // 1 ÷ 8 × 8 = block 1.
  [[9, 4, 2], 2, '█▅'], // Only what is shown sets the scale: 2 ÷ 4 × 8 = block 4.
  [[1], 0, ''],
] as const) {
  test(`a line of ${JSON.stringify(values)} in ${width} characters is "${shown}"`, () => {
    assert.equal(sparkline(values, width), shown);
  });
}

for (const [panel, key, after] of [
  ['all', '\t', 0],
  [0, '\t', 1],
  [2, '\u001b[C', 'all'],
  ['all', '\u001b[D', 2],
  [0, '\u001b[Z', 'all'],
  ['all', '3', 2],
  [1, '9', 1], // No ninth target.
  [1, '0', 'all'],
] as const) {
  test(`key ${JSON.stringify(key)} leads from panel ${panel} to ${after}, of three`, () => {
    const read = readKey(key);
    assert.ok(read);
    assert.equal(panelAfter(panel, read, 3), after);
  });
}

test('other keys mean nothing', () => {
  for (const key of ['x', '10', '\r', 'é', '\u001b[5~']) assert.equal(readKey(key), undefined);
});

test('lines that are wider than a terminal has become take several of its rows', () => {
  assert.equal(rowsTaken(['', 'abc', 'abcd', 'abcdefgh', 'abcdefghi'], 4), 1 + 1 + 1 + 2 + 3);
});

for (const [doneRatio, full] of [
  [0, 0],
  [0.02, 0], // 0.48 of a block
  [0.25, 6], // 0.25 × 24
  [1, 24],
] as const) {
  test(`a bar of ${doneRatio} has ${full} of 24 blocks filled`, () => {
    const [line = ''] = overviewLines(viewOf(liveTarget({ doneRatio })), 80, 24);
    assert.ok(line.startsWith('█'.repeat(full) + '░'.repeat(24 - full)));
  });
}

test('before the first answer there is a dash, and the phase in place of the rest', () => {
  const nothing = {
    completed: 0,
    requestsPerSecond: 0,
    tokensPerSecond: 0,
    ttftP50Ms: undefined,
    ttftP95Ms: undefined,
  };
  const waiting = liveTarget({ ...nothing, phase: 'warmup', doneRatio: 0, inFlight: 1, remainingMs: undefined });
  assert.deepEqual(overviewLines(viewOf(waiting), 80, 24), [
    '░░░░░░░░░░░░░░░░░░░░░░░░      0/60  warmup     local · mistral-7b',
    '  1 in flight  0 rps  0 tok/s  ttft p50 — p95 —  0 failed',
  ]);
});

test('a run that only time limits has no planned count', () => {
  const [line = ''] = overviewLines(viewOf(liveTarget({ planned: undefined })), 80, 24);
  assert.match(line, /^[█░]{24} {8}30 {2}5 s left/);
});

test('drops and failures are told, the most frequent kind first', () => {
  const failures = new Map([
    ['server', 1],
    ['rate-limited', 4],
  ] as const);
  const [, line = ''] = overviewLines(viewOf(liveTarget({ dropped: 3, failed: 5, failures })), 120, 24);
  assert.ok(line.endsWith('  3 dropped  5 failed: 4 rate-limited, 1 server'));
});

test('no line is wider than the terminal, and one that was cut says so', () => {
  const target = liveTarget({ target: buildTarget({ model: 'm'.repeat(100) }) });
  for (const columns of [79, 40, 10, 1]) {
    const lines = screen(viewOf(target), 'all', { columns, rows: 24 }, ['h'.repeat(100)]);
    assert.ok(lines.every((line) => line.length <= columns));
    assert.ok(lines.every((line) => line.endsWith('…')) || columns === 79);
  }
});

test('a progress line names the targets that have begun', () => {
  const begun = liveTarget({ failed: 2 });
  const free = liveTarget({ planned: undefined, target: buildTarget({ provider: 'far', model: 'm' }) });
  assert.equal(
    progressLine(viewOf(begun, liveTarget({ phase: 'waiting' }), free)),
    '12.3 s  local mistral-7b: 32 of 60 done, 2 failed  ·  far m: 30 done',
  );
});

/** What a terminal shows after some escape codes, of which it knows those that `redraw` uses. */
function shown(screen: readonly string[], codes: string): readonly string[] {
  const lines = [...screen];
  let row = lines.length;
  for (const [, up, rest, line, newline] of codes.matchAll(
    /\u001b\[(\d+)A|(\u001b\[J)|(\u001b\[2K[^\n\u001b]*)|(\n)/g,
  )) {
    if (up !== undefined) row -= Number(up);
    if (line !== undefined) lines[row] = line.slice('\u001b[2K'.length);
    if (newline !== undefined) row++;
    if (rest !== undefined) lines.splice(row);
  }
  assert.equal(row, lines.length);
  return lines;
}

for (const [what, before, after] of [
  ['the first frame', [], ['a', 'b']],
  ['nothing new', ['a', 'b'], ['a', 'b']],
  ['one line changed', ['a', 'b', 'c'], ['a', 'B', 'c']],
  ['all lines changed', ['a', 'b'], ['A', 'B']],
  ['a line more', ['a'], ['a', 'b']],
  ['a line less', ['a', 'b', 'c'], ['a', 'b']],
  ['everything gone', ['a', 'b'], []],
  ['an empty line', ['a', 'b'], ['', 'b']],
] as const) {
  test(`redrawing ${what} leaves just the new lines, and what stood above`, () => {
    assert.deepEqual(shown(['$ llm-bench run', ...before], redraw(before, after)), ['$ llm-bench run', ...after]);
  });
}

test('a line that has not changed is not written again', () => {
  assert.equal(redraw(['same', 'old'], ['same', 'new']), '\u001b[2A\n\u001b[2Knew\n');
  assert.equal(redraw([], ['a']), '\u001b[2Ka\n');
});

test('what was spent stands below, with its cap, and is a lower bound where a price is unknown', () => {
  const [cheap, dear] = [0.0012, 0.25].map((spentUsd) => liveTarget({ spentUsd }));
  assert.ok(cheap && dear);
  const lastOf = (view: LiveView): string | undefined => overviewLines(view, 80, 24).at(-1);
  assert.equal(lastOf(viewOf(cheap, dear)), 'spent $0.251200');
  assert.equal(lastOf({ ...viewOf(cheap), budgetUsd: 0.5 }), 'spent $0.001200 of $0.500000');
  assert.equal(lastOf(viewOf(cheap, liveTarget())), 'spent at least $0.001200');
  assert.match(lastOf(viewOf(liveTarget())) ?? '', /failed$/);
  assert.match(progressLine(viewOf(cheap)), /30 of 60 done {2}· {2}spent \$0.001200$/);
});
