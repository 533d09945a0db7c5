import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { runArgs as coldArgs, makeFolder, onlyTarget, runCli, runForDocument } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/simulator.ts';

const PRICES = ['--input-price', '3', '--output-price', '15'];
/** 1,000 tokens in, 20 out: $0.0033. */
const ANSWERS = { inputTokens: '1000', tokens: '20' };
const EACH_USD = 0.0033;

/** With the warm-up request that finds out what the server bills. */
function runArgs(url: string, ...more: readonly string[]): readonly string[] {
  return coldArgs(url, '--warmup', '1', ...more);
}

interface Capped {
  readonly code: number | null;
  readonly document: RunDocument;
  readonly stderr: string;
}

/** A run that may be stopped by its budget. */
async function runCapped(endpoint: Endpoint, ...args: readonly string[]): Promise<Capped> {
  using folder = makeFolder();
  const all = [...runArgs(endpoint.url, '--max-tokens', '20', ...PRICES, ...args), '--output', 'json'];
  const { code, stdout, stderr } = await runCli(all, { cwd: folder.path });
  return { code, stderr, document: JSON.parse(stdout) as RunDocument };
}

describe('money', { concurrency: 2 }, () => {
  test('known usage at a known price costs so much to the hundredth of a micro-dollar, warm-up included', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ...ANSWERS, cachedTokens: '400' });
    const args = runArgs(endpoint.url, '-n', '5', ...PRICES, '--cached-input-price', '0.3');
    const { cost, metrics } = onlyTarget(await runForDocument(args, { cwd: folder.path }));
    // 600 × 3 + 400 × 0.3 + 20 × 15 = 2,220 millionths; six requests.
    assert.equal(metrics['cost']?.p50?.toFixed(8), '0.00222000');
    assert.deepEqual([cost.usd?.toFixed(8), cost.warmupUsd?.toFixed(8)], ['0.01332000', '0.00222000']);
    assert.deepEqual([cost.isComplete, cost.unknownRequests, cost.priceSource], [true, 0, 'user']);
  });

  for (const concurrency of ['1', '8']) {
    test(`a capped run with ${concurrency} at a time ends before the next request could pass the cap`, async () => {
      await using endpoint = await startEndpoint(ANSWERS);
      // The server bills more input than there are bytes: the first request shows it. Six of $0.0033 fit into $0.02.
      const { code, document, stderr } = await runCapped(
        endpoint,
        ...['-n', '50', '--concurrency', concurrency, '--budget', '0.02'],
      );
      assert.equal(code, 4);
      assert.equal(document.run.state, 'over-budget');
      const { cost, requests } = onlyTarget(document);
      assert.deepEqual([requests.completed, cost.usd?.toFixed(8)], [5, (6 * EACH_USD).toFixed(8)]);
      assert.equal(endpoint.received(), 6);
      assert.match(stderr, /the budget is spent/);
    });
  }

  test('an open loop is held to its cap too', async () => {
    await using endpoint = await startEndpoint(ANSWERS);
    const { code, document } = await runCapped(endpoint, '--rate', '100', '-n', '50', '--budget', '0.02');
    assert.deepEqual([code, document.run.state], [4, 'over-budget']);
    assert.ok((onlyTarget(document).cost.usd ?? 1) <= 0.02);
    assert.ok(endpoint.received() <= 6);
  });

  test('a server that ignores the limit of tokens is cut where it passes it', async () => {
    await using endpoint = await startEndpoint({ tokens: '500', tokenDelay: '1', fault: ['over-limit:1'] });
    const { code, document } = await runCapped(endpoint, '-n', '3', '--budget', '1');
    assert.equal(code, 3, 'none was completed');
    assert.equal(onlyTarget(document).requests.cancelled, 3);
  });

  test('answers without usage are paid for in full, so that the cap holds', async () => {
    await using endpoint = await startEndpoint({ tokens: '20', fault: ['no-usage:1'] });
    const { code } = await runCapped(endpoint, '-n', '500', '--budget', '0.01');
    assert.equal(code, 4);
    // Each is set aside at its dearest: more than 20 × 15 = 300 millionths.
    assert.ok(endpoint.received() < 0.01 / 0.0003, `${endpoint.received()}`);
  });

  test('refused requests cost nothing', async () => {
    await using endpoint = await startEndpoint({ ...ANSWERS, fault: ['429:1'] });
    const { code, document } = await runCapped(endpoint, '-n', '40', '--budget', '0.02');
    assert.deepEqual([code, document.run.state], [3, 'completed']);
    assert.deepEqual([onlyTarget(document).cost.usd, endpoint.received()], [0, 41]);
  });

  for (const [what, args, exit, says] of [
    ['too low', [...PRICES, '--max-tokens', '20', '--budget', '0.0001'], 4, /smallest that works is --budget 0\.00\d+/],
    ['without a price', ['--max-tokens', '20', '--budget', '1'], 2, /its price is unknown; .*--input-price/],
    ['without a limit', [...PRICES, '--budget', '1'], 2, /nothing limits .*--max-tokens/],
  ] as const) {
    test(`a budget ${what} sends nothing and says what to do`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint(ANSWERS);
      const { code, stdout, stderr } = await runCli(runArgs(endpoint.url, '-n', '3', ...args), { cwd: folder.path });
      assert.deepEqual([code, stdout, endpoint.received()], [exit, '', 0]);
      assert.match(stderr, says);
      assert.match(stderr, /^error: [^\n]+\n$/);
    });
  }

  test('the smallest budget that is named works', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ inputTokens: '10', tokens: '20' });
    const args = [...runArgs(endpoint.url, '-n', '3'), '--max-tokens', '20', ...PRICES, '--budget'];
    const refused = await runCli([...args, '0.0000001'], { cwd: folder.path });
    const [, least = ''] = /--budget ([\d.]+);/.exec(refused.stderr) ?? [];
    const { code } = await runCli([...args, least], { cwd: folder.path });
    assert.ok(endpoint.received() >= 2, `${least}: ${endpoint.received()}`);
    assert.ok(code === 0 || code === 4);
  });

  test('a plan and a dry run say what a run would take, and send nothing', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint(ANSWERS);
    const flags = [
      '--endpoint',
      endpoint.url,
      '--model',
      'm',
      '--prompt',
      'Say hello',
      '-n',
      '10',
      '--max-tokens',
      '20',
    ];
    const plan = await runCli(['plan', ...flags, ...PRICES], { cwd: folder.path });
    const dry = await runCli(['run', ...flags, ...PRICES, '--dry-run'], { cwd: folder.path });
    assert.deepEqual([plan.code, plan.stderr, dry.stdout], [0, '', plan.stdout]);
    assert.match(plan.stdout, /requests +11 +11 +11/);
    assert.match(plan.stdout, /tokens out +11 +220 +220/);
    assert.ok(plan.stdout.split('\n').every((line) => line.length <= 80));
    const json = await runCli(['plan', ...flags, '--output', 'json'], { cwd: folder.path });
    const document = JSON.parse(json.stdout);
    assert.deepEqual([document.schema, document.totalCostUsd.worst], ['llm-bench/plan/1', null]);
    assert.equal(endpoint.received(), 0);
  });
});
