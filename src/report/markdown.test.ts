import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRecord, buildRun, buildTarget } from '../../test/support/record-builder.ts';
import { judgeThresholds } from '../metrics/judge-thresholds.ts';
import { createTargetTally } from '../metrics/summary.ts';
import { parseThreshold, type Threshold } from '../metrics/threshold.ts';
import { cell, fit, MAX_COMMENT_BYTES, type MarkdownInput, renderMarkdown } from './markdown.ts';

/** As many targets as asked for; the last one has failed once, whose TTFT is 100 ms as that of all. */
function input(count: number, model: (index: number) => string): MarkdownInput {
  const plan = buildPlan({
    targets: Array.from({ length: count }, (_, index) => buildTarget({ model: model(index) })),
  });
  const targets = plan.targets.map((_, index) => {
    const tally = createTargetTally(plan, index);
    tally.add(buildRecord({ targetIndex: index }));
    if (index === count - 1) {
      const failure = { kind: 'server', message: 'boom | <b>', status: 500, code: undefined } as const;
      const outcome = { kind: 'failed', failure: { ...failure, retryAfterMs: undefined, excerpt: undefined } } as const;
      tally.add(buildRecord({ id: 2, targetIndex: index, outcome }));
    }
    return tally.summarize(undefined);
  });
  const threshold = parseThreshold('error_rate > 1%') as Threshold;
  const verdict = judgeThresholds([threshold], targets);
  return { run: buildRun({ plan }), state: 'completed', durationMs: 1_000, targets, verdict };
}

test('the worst stands first: the failed condition, the failing target', () => {
  const text = renderMarkdown(input(3, (index) => `m${index}`));
  assert.match(text, /^## ❌ 1 of 3 conditions failed\n/);
  const places = ['❌ error', '✅ error', '| local · m2 ', '| local · m0 ', '1 × server: boom &#124; &#60;b&#62;'];
  const found = places.map((each) => text.indexOf(each));
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
  );
  assert.ok(found.every((place) => place > 0));
});

test('however many targets there are, and however they are called, it fits a comment and says what is missing', () => {
  const text = renderMarkdown(input(2_000, (index) => `${'<|&@>'.repeat(100)}${index}`));
  assert.ok(Buffer.byteLength(text) <= MAX_COMMENT_BYTES, `${Buffer.byteLength(text)} bytes`);
  assert.match(text, /_Left out for length: \d+ conditions, 2000 targets, 2000 detail\./);
  assert.match(text, /llm-bench rerun run-1/);
});

test('a report is cut after an item, and nothing of later sections is let in before it', () => {
  const sections = [
    { lead: 'A\n', items: ['1\n', '2\n'.padStart(400), '3\n'], what: 'a' },
    { lead: 'B\n', items: ['4\n'], what: 'b' },
  ];
  const text = fit({ head: 'h\n', foot: 'f\n', sections, maxBytes: 500 });
  assert.equal(text.startsWith('h\nA\n1\n\n_Left out for length: 2 a, 1 b.'), true, text);
  assert.equal(fit({ head: 'h\n', foot: 'f\n', sections, maxBytes: 1_000 }).endsWith('3\nB\n4\nf\n'), true);
});

test('text of others ends no cell, opens no tag and names nobody', () => {
  assert.equal(cell('a|b <i> @me\n#1'), 'a&#124;b &#60;i&#62; &#64;me &#35;1');
});
