import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { metricsDoc } from '../../scripts/metrics-doc.ts';
import { HEADLINE_METRICS, REQUEST_METRICS, WINDOW_METRICS } from '../../src/metrics/catalogue.ts';

test('docs/metrics.md is what the catalogue says: run `node scripts/metrics-doc.ts` after a change', () => {
  const committed = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  assert.equal(committed, metricsDoc());
});

test('every metric has one section, with its title, formula and unit', () => {
  const sections = metricsDoc().split('\n### ').slice(1);
  const metrics = [...REQUEST_METRICS, ...WINDOW_METRICS, ...HEADLINE_METRICS];
  assert.equal(sections.length, metrics.length);
  for (const { id, title, formula, unit, undefinedWhen } of metrics) {
    const own = sections.filter((text) => text.startsWith(`\`${id}\` `));
    assert.equal(own.length, 1, id);
    for (const said of [title, formula, unit, undefinedWhen]) assert.ok(own[0]?.includes(said), `${id}: ${said}`);
  }
});
