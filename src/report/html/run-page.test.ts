import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { buildPlan, buildRun, buildStreamedRecord, buildTarget } from '../../../test/support/record-builder.ts';
import { createTargetTally } from '../../metrics/summary.ts';
import type { Plan } from '../../model/plan.ts';
import { createPictureTally } from './gather.ts';
import { renderRunPage } from './run-page.ts';

/** A page of so many requests, each with a TTFT of 100 to 199 ms and 20 tokens. */
function page(plan: Plan, count: number): string {
  const pictures = createPictureTally(plan);
  const tallies = plan.targets.map((_, index) => createTargetTally(plan, index));
  for (let id = 1; id <= count; id++) {
    const startedAtMs = id * 10;
    const first = startedAtMs + 100 + (id % 100);
    const tokenAtMs = Array.from({ length: 20 }, (_, token) => first + token * 10);
    const targetIndex = id % plan.targets.length;
    const record = buildStreamedRecord({ id, targetIndex, startedAtMs, tokenAtMs, endedAtMs: first + 200 });
    pictures.add(record);
    tallies[targetIndex]?.add(record);
  }
  return renderRunPage({
    run: buildRun({ plan }),
    state: 'completed',
    durationMs: count * 10,
    targets: tallies.map((tally) => tally.summarize(undefined)),
    progress: [],
    verdict: undefined,
    pictures: pictures.pictures(),
  });
}

test('a page names nothing outside itself, and its policy allows only what stands in it', () => {
  const html = page(buildPlan(), 20);
  assert.doesNotMatch(html, /(?:src|href)="(?!#)/);
  assert.doesNotMatch(html, /@import|url\(| style="| on\w+="/);
  const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
  assert.match(policy, /^default-src 'none';/);
  for (const name of ['style', 'script']) {
    const [, content = ''] = new RegExp(`<${name}>([^]+?)</${name}>`).exec(html) ?? [];
    assert.ok(policy.includes(`sha256-${createHash('sha256').update(content).digest('base64')}`), name);
  }
});

test('names of others are text, wherever they stand', () => {
  const evil = `</title></script><img src=x onerror=alert(1)>"'`;
  const html = page(buildPlan({ targets: [buildTarget({ provider: evil, model: evil, url: evil })] }), 5);
  assert.doesNotMatch(html, /<img/);
  assert.equal(html.match(/<script>/g)?.length, 1);
});

test('the figures are those of the summary, and all is said in words too', () => {
  const html = page(buildPlan(), 100);
  // TTFT takes every value from 100 to 199 once: the median is 149.5.
  assert.match(html, /TTFT p50<\/dt><dd>150 ms<small>p95 194 ms/);
  assert.match(html, /<desc[^>]*>local · fake: 100 samples from 100 ms to 199 ms, median 150 ms, p95 194 ms<\/desc>/);
  assert.match(html, /All 100 requests\./);
  assert.equal(new Set(html.match(/ id="[^"]+"/g)).size, html.match(/ id="[^"]+"/g)?.length);
});

test('a page of many requests stays small, and says how many of them it draws', () => {
  const html = page(buildPlan({ targets: [buildTarget(), buildTarget({ model: 'b' })] }), 10_000);
  assert.ok(Buffer.byteLength(html) < 600_000, `${Buffer.byteLength(html)} bytes`);
  assert.match(html, /1,400 of 10,000 requests drawn: at equal steps of rank, and the 40 lowest and highest of each/);
  assert.match(html, /\d+ of 10000 requests: the slowest, failed ones, and others at equal steps/);
});

test('a run without any request has a page too', () => {
  assert.match(page(buildPlan(), 0), /At a glance/);
});

test('of a result of another tool only its own figures are shown, under its names', () => {
  const origin = {
    tool: 'aiperf',
    toolVersion: '0.10',
    file: 'a.json',
    importedAtIso: '2026-02-02T00:00:00.000Z',
  } as const;
  const figures = [{ name: 'inter_token_latency', unit: 'ms', statistics: { avg: 35.2 }, sameAs: 'tpot' }];
  const html = renderRunPage({
    run: buildRun({ imported: { ...origin, figures, facts: [{ name: 'concurrency', value: '<4>' }] } }),
    ...{ state: 'completed', durationMs: 1, targets: [], progress: [], verdict: undefined },
    pictures: createPictureTally(buildPlan()).pictures(),
  });
  assert.match(html, /imported from aiperf 0.10 \(a.json\)/);
  assert.match(html, /inter_token_latency<\/th><td>ms<\/td><td>avg 35.2<\/td><td>tpot<\/td>/);
  assert.doesNotMatch(html, /At a glance|TTFT|<4>/);
});
