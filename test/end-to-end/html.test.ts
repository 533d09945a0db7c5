import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { exportRun } from '../../src/app/export/export-run.ts';
import { compareRuns } from '../../src/metrics/run-comparison.ts';
import { createTargetTally } from '../../src/metrics/summary.ts';
import { createSampleTally } from '../../src/metrics/target-samples.ts';
import type { RequestRecord } from '../../src/model/record.ts';
import { createRandom } from '../../src/random.ts';
import { type ComparedPage, renderComparisonPage } from '../../src/report/html/comparison-page.ts';
import { createPictureTally } from '../../src/report/html/gather.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import { startChromium } from '../support/chromium.ts';
import { buildPlan, buildRun, buildStreamedRecord, buildTarget } from '../support/record-builder.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const PLAN = buildPlan({ targets: [buildTarget(), buildTarget({ model: '<b>other</b>' })] });

const given: { browser?: Browser; folder: string; run: string; comparison: string } = {
  folder: '',
  run: '',
  comparison: '',
};

before(async () => {
  given.folder = mkdtempSync(join(tmpdir(), 'llm-bench-html-'));
  given.run = join(given.folder, 'run.html');
  given.comparison = join(given.folder, 'comparison.html');
  await writeRunPage(given.run);
  writeFileSync(given.comparison, comparisonPage());
  given.browser = await startChromium();
});

after(async () => {
  await given.browser?.close();
  rmSync(given.folder, { recursive: true, force: true });
});

/** Of two targets in turn; every fiftieth request fails. */
function records(count: number, seed: number): readonly RequestRecord[] {
  const { next } = createRandom(seed, 'pages');
  return Array.from({ length: count }, (_, index) => {
    const startedAtMs = index * 5 + next();
    const first = startedAtMs + 100 + 400 * next() ** 4;
    const tokenAtMs = Array.from({ length: 30 }, (__, token) => first + token * (8 + 4 * next()));
    const failure = { kind: 'rate-limited', message: '429 <too many>', status: 429, code: undefined } as const;
    const isFailed = index % 50 === 49;
    return buildStreamedRecord({
      id: index + 1,
      targetIndex: index % 2,
      promptName: `prompt ${index % 3}`,
      promptIndex: index % 3,
      startedAtMs,
      tokenAtMs: isFailed ? [] : tokenAtMs.toSorted((a, b) => a - b),
      endedAtMs: isFailed ? startedAtMs + 20 : Math.max(...tokenAtMs) + 1,
      ...(isFailed
        ? { outcome: { kind: 'failed', failure: { ...failure, retryAfterMs: undefined, excerpt: undefined } } as const }
        : {}),
    });
  });
}

async function writeRunPage(file: string): Promise<void> {
  const store = createMemoryStore();
  await store.createRun(buildRun({ plan: PLAN }));
  await store.append('run-1', { records: records(10_000, 1), windows: [], progress: [] });
  await store.finishRun('run-1', { state: 'completed', durationMs: 50_000 });
  const targets = [{ file, format: 'html', table: undefined }] as const;
  await exportRun(store, 'run-1', { targets, thresholds: [], stdout: async () => undefined });
}

function comparisonPage(): string {
  const [a, b] = [side('before', 1), side('after', 2)];
  const comparison = compareRuns(a.compared, b.compared, { minEffect: 0.05, random: createRandom(1, 'b').next });
  return renderComparisonPage({ comparison, a: a.page, b: b.page });
}

function side(
  id: string,
  seed: number,
): { readonly page: ComparedPage; readonly compared: Parameters<typeof compareRuns>[0] } {
  const run = buildRun({ id, plan: PLAN });
  const [pictures, tallies] = [
    createPictureTally(PLAN),
    PLAN.targets.map((_, index) => createTargetTally(PLAN, index)),
  ];
  const samples = PLAN.targets.map((_, index) => createSampleTally(PLAN, index));
  for (const record of records(600, seed)) {
    pictures.add(record);
    tallies[record.targetIndex]?.add(record);
    samples[record.targetIndex]?.add(record);
  }
  const end = { run, state: 'completed', durationMs: 3_000 } as const;
  const targets = tallies.map((tally) => tally.summarize(undefined));
  const compared = {
    ...{ label: id, id, startedAtIso: run.startedAtIso, state: end.state, version: run.version },
    ...{ metricsVersion: run.metricsVersion, plan: PLAN, environment: run.environment },
    targets: PLAN.targets.map((target, index) => ({
      target,
      samples: (samples[index] ?? createSampleTally(PLAN, index)).samples(),
      invalid: [],
    })),
  };
  return { page: { ...end, targets, progress: [], pictures: pictures.pictures() }, compared };
}

const BACKGROUND = 'getComputedStyle(document.body).backgroundColor';

interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** What the page asked for, and what it complained of. */
  readonly seen: readonly string[];
}

/** Without a network. `bypassCSP` only to bring in the checker. */
async function open(
  file: string,
  {
    width,
    theme,
    bypassCSP = false,
  }: { readonly width: number; readonly theme: 'light' | 'dark'; readonly bypassCSP?: boolean },
): Promise<OpenedPage> {
  assert.ok(given.browser !== undefined);
  const viewport = { width, height: 900 };
  const context = await given.browser.newContext({ viewport, colorScheme: theme, offline: true, bypassCSP });
  const page = await context.newPage();
  const seen: string[] = [];
  page.on('request', (request) => seen.push(request.url()));
  page.on('console', (message) => seen.push(message.text()));
  page.on('pageerror', (error) => seen.push(error.message));
  await page.goto(pathToFileURL(file).href);
  return { page, seen, [Symbol.asyncDispose]: () => context.close() };
}

test('10,000 requests make a page of at most 1.5 MB that asks for nothing and complains of nothing', async () => {
  assert.ok(statSync(given.run).size <= 1_500_000, `${statSync(given.run).size} bytes`);
  await using opened = await open(given.run, { width: 1_440, theme: 'light' });
  assert.deepEqual(opened.seen, [pathToFileURL(given.run).href]);
  assert.ok((await opened.page.locator('figure svg[role=img]').count()) >= 9);
});

/** One theme and width each, for a check takes seconds. */
for (const { name, width, theme } of [
  { name: 'run', width: 1_440, theme: 'light' },
  { name: 'comparison', width: 390, theme: 'dark' },
] as const) {
  test(`axe finds nothing in the page of a ${name}, ${theme} and ${width} wide, with all its tables open`, async () => {
    await using opened = await open(given[name], { width, theme, bypassCSP: true });
    await opened.page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
    await opened.page.evaluate(AXE);
    const { violations } = await opened.page.evaluate<AxeResult>('axe.run()');
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`),
      [],
    );
  });
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

test('nothing sticks out of a narrow screen, and every table and wide picture can be reached by keyboard', async () => {
  for (const file of [given.run, given.comparison]) {
    await using opened = await open(file, { width: 390, theme: 'light' });
    assert.equal(await opened.page.evaluate('document.documentElement.scrollWidth'), 390);
    const unreachable = await opened.page.locator('.scroll:not([tabindex="0"])').count();
    assert.equal(unreachable, 0);
  }
});

test('the theme follows the system, and a key changes and keeps it', async () => {
  await using opened = await open(given.run, { width: 1_440, theme: 'dark' });
  const { page } = opened;
  const background = (): Promise<unknown> => page.evaluate(BACKGROUND);
  const dark = await background();
  await page.getByRole('button', { name: 'Light theme' }).focus();
  await page.keyboard.press('Enter');
  assert.notEqual(await background(), dark);
  await page.getByRole('button', { name: 'Dark theme' }).waitFor();
  await page.reload();
  assert.notEqual(await background(), dark);
});

test('it prints in light colours, whatever the theme, on A4', async () => {
  await using opened = await open(given.run, { width: 1_440, theme: 'dark' });
  await opened.page.emulateMedia({ media: 'print' });
  assert.equal(await opened.page.evaluate(BACKGROUND), 'rgb(255, 255, 255)');
  const pdf = await opened.page.pdf({ format: 'A4' });
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
});
