import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SweepDocument } from '../../src/contract/sweep-document.ts';
import { makeFolder, runCli, startCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const sweepArgs = (url: string, ...more: readonly string[]): readonly string[] => [
  ...['sweep', '--endpoint', url, '--model', 'a', '--prompt', 'three small words', '--no-progress', ...more],
];

describe('sweep', { concurrency: 2 }, () => {
  test('each step is a run of its own, and the sweep can be shown again from the store', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20', tokens: '3' });
    const args = sweepArgs(endpoint.url, '--over', 'concurrency=1,2,4,8', '-n', '8', '--group-id', 's');
    const shown = await runCli([...args, '--output', 'json'], { cwd: folder.path });
    assert.equal(shown.code, 0, shown.stderr);
    const document = JSON.parse(shown.stdout) as SweepDocument;
    assert.deepEqual(
      document.steps.map(({ runId, values, targets }) => [runId, values, targets[0]?.requests.completed]),
      [
        ['s.1', { concurrency: 1 }, 8],
        ['s.2', { concurrency: 2 }, 8],
        ['s.3', { concurrency: 4 }, 8],
        ['s.4', { concurrency: 8 }, 8],
      ],
    );
    // Warm-up opens all connections, with a request more than run at once.
    assert.equal(endpoint.truth.length, 4 * 8 + (2 + 3 + 5 + 9));
    const [curve] = document.curves;
    assert.deepEqual([curve?.axis, curve?.points.length], ['concurrency', 4]);
    const again = await runCli(['report', 'group', '--output', 'json'], { cwd: folder.path });
    assert.equal(again.stdout, shown.stdout);
    const summary = await runCli(['report', 'summary', '--run-id', 's.3', '--json'], { cwd: folder.path });
    assert.deepEqual(JSON.parse(summary.stdout).run.group.values, { concurrency: 4 });
    const text = await runCli(['report', 'group', '--group-id', 's'], { cwd: folder.path });
    assert.match(text.stdout, /^Sweep s {2}4 of 4 steps\n/);
    for (const line of text.stdout.split('\n')) assert.ok(line.length <= 80, line);
    const csv = await runCli(['report', 'group', '--output', 'csv'], { cwd: folder.path });
    assert.deepEqual(
      [csv.stdout.trim().split('\n').length, csv.stdout.startsWith('run,provider,model,concurrency,')],
      [5, true],
    );
  });

  test('one budget is over all steps, and the steps before its end are kept', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ inputTokens: '1000', tokens: '20' });
    // $0.0033 a request, four a step: the third step's first measured one could pass the cap.
    const prices = ['--max-tokens', '20', '--input-price', '3', '--output-price', '15', '--budget', '0.03'];
    const args = sweepArgs(endpoint.url, '--over', 'rate=40,50,60', '-n', '3', ...prices, '--output', 'json');
    const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
    assert.equal(code, 4, stderr);
    const document = JSON.parse(stdout) as SweepDocument;
    const spent = document.steps.reduce((sum, { targets }) => sum + (targets[0]?.cost.usd ?? 0), 0);
    assert.ok(spent <= 0.03 && endpoint.received() <= 9, `${spent}`);
    assert.equal(document.steps[0]?.state, 'completed');
    assert.ok(document.group.stepsDone < 3 || document.steps.at(-1)?.state === 'over-budget');
    assert.match(stderr, /the budget is spent/);
  });

  test('an interrupt keeps the steps that are over, and runs no other', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const run = startCli(
      [...sweepArgs(endpoint.url, '--over', 'rate=20,25,30', '--duration', '2s', '--warmup', '0'), '--output', 'json'],
      { cwd: folder.path },
    );
    await endpoint.untilReceived(41);
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    assert.equal(code, 130);
    const { steps, group } = JSON.parse(stdout) as SweepDocument;
    assert.deepEqual(
      steps.map(({ state }) => state),
      ['completed', 'interrupted'],
    );
    assert.deepEqual([group.stepsDone, group.stepsPlanned], [2, 3]);
  });

  test('its price is told before, step by step, and nothing is sent', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = ['--over', 'max-tokens=10,20', '--over', 'rate=10,20', '--duration', '2s', '--dry-run'];
    const prices = ['--input-price', '0', '--output-price', '1000000'];
    const { code, stdout } = await runCli([...sweepArgs(endpoint.url, ...args, ...prices), '--output', 'json'], {
      cwd: folder.path,
    });
    const { steps, total } = JSON.parse(stdout);
    assert.equal(code, 0);
    // 21 and 41 requests with the warm-up, at 10 or 20 dollars.
    assert.deepEqual(
      steps.map((step: { costUsd: { worst: number } }) => step.costUsd.worst),
      [210, 410, 420, 820],
    );
    assert.deepEqual([total.costUsd.worst, endpoint.received()], [1860, 0]);
  });

  test('prompts of other lengths are made for each step, and the curve goes along the length', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const made = ['--over', 'in=64,256', '--synthetic', 'out=7,prompts=3', '--tokenizer', 'o200k_base'];
    const { code, stdout, stderr } = await runCli(
      [
        ...['sweep', '--endpoint', endpoint.url, '--model', 'a', ...made, '-n', '3', '--warmup', '0', '--no-progress'],
        ...['--output', 'json'],
      ],
      { cwd: folder.path },
    );
    assert.equal(code, 0, stderr);
    const { steps, curves } = JSON.parse(stdout) as SweepDocument;
    assert.deepEqual(
      steps.map(({ values, targets }) => [values, targets[0]?.requests.completed]),
      [
        [{ in: 64 }, 3],
        [{ in: 256 }, 3],
      ],
    );
    // The endpoint counts words, and there are fewer of them than tokens.
    const [short = 0, long = 0] = steps.map(({ targets }) => targets[0]?.tokens.input ?? 0);
    assert.ok(short > 3 * 64 * 0.5 && short <= 3 * 64 && long > 3 * 256 * 0.5 && long <= 3 * 256, `${short} ${long}`);
    assert.deepEqual([curves[0]?.axis, curves[0]?.knee.reason], ['in', 'no-load']);
  });

  test('mistakes are told before anything is sent', async () => {
    using folder = makeFolder();
    const cases: readonly (readonly [string[], RegExp])[] = [
      [[], /^error: --over is missing; say what to vary/],
      [['--over', 'rate=1..8'], /^error: --over: "1..8" does not say its steps/],
      [['--over', 'rate=1,2', '--rate', '3'], /^error: --rate cannot stand beside --over rate/],
      [['--over', 'rate=1,2', '--latency', 'ttft'], /^error: --latency: write ttft.p95/],
      [['--over', 'rate=1,2', '--group-id', 'a b'], /^error: --group-id: /],
    ];
    for (const [more, message] of cases) {
      const { code, stderr } = await runCli(sweepArgs('http://127.0.0.1:9/v1', ...more), { cwd: folder.path });
      assert.match(stderr, message);
      assert.equal(code, 2);
    }
    const none = await runCli(['report', 'group', '--db', 'none.duckdb'], { cwd: folder.path });
    assert.deepEqual([none.code, none.stderr.startsWith('error: there is no database at')], [2, true]);
  });
});
