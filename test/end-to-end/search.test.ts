import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SearchDocument } from '../../src/contract/search-document.ts';
import { makeFolder, runCli, startCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const searchArgs = (url: string, ...more: readonly string[]): readonly string[] => [
  ...['search', '--endpoint', url, '--model', 'a', '--prompt', 'three small words', '--no-progress', ...more],
];

describe('search', { concurrency: 2 }, () => {
  test('of a server with four slots: eight at a time are kept, sixteen are not, and the store says the same again', async () => {
    using folder = makeFolder();
    // With eight at a time each waits one turn of 60 ms before its own, with sixteen three.
    await using endpoint = await startEndpoint({ ttft: '60', tokens: '2', maxConcurrency: '4' });
    const search = [
      '--over',
      'concurrency',
      '--slo',
      'ttft.p50<=150ms',
      '--from',
      '2',
      '-n',
      '16',
      '--precision',
      '99%',
    ];
    const shown = await runCli(searchArgs(endpoint.url, ...search, '--group-id', 's', '--output', 'json'), {
      cwd: folder.path,
    });
    const document = JSON.parse(shown.stdout) as SearchDocument;
    assert.equal(shown.code, document.kept === null ? 3 : 0, shown.stderr);
    const { outcome, kept, missed, interval, runs } = document;
    // Where other work takes the client's CPU it says so, and finds nothing that is not there.
    if (outcome === 'found') assert.deepEqual([kept, missed], [8, 16]);
    else assert.ok(runs.some(({ kind }) => kind === 'void') && missed !== 4 && missed !== 2, `${outcome} ${missed}`);
    assert.ok((interval.low ?? 0) <= (kept ?? 0) && (interval.high ?? 99) >= (missed ?? 0));
    assert.deepEqual(
      runs.map(({ runId }) => runId),
      runs.map((_, index) => `s.${index + 1}`),
    );
    const again = await runCli(['report', 'group', '--output', 'json'], { cwd: folder.path });
    assert.equal(again.stdout, shown.stdout);
    const text = await runCli(['report', 'group', '--group-id', 's'], { cwd: folder.path });
    if (outcome === 'found')
      assert.match(text.stdout, /\nthe highest concurrency that keeps the objectives is 8 at a time\n/);
    for (const line of text.stdout.split('\n')) assert.ok(line.length <= 80, line);
    const csv = await runCli(['report', 'group', '--output', 'csv'], { cwd: folder.path });
    assert.match(csv.stdout, /^level,state,is_sure,/);
  });

  test('not even the lowest level keeps the objectives: exit 6', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '30' });
    const args = searchArgs(
      endpoint.url,
      '--over',
      'concurrency',
      '--slo',
      'ttft.p50<=10ms',
      '-n',
      '20',
      '--repeats',
      '5',
    );
    const { code, stdout } = await runCli(args, { cwd: folder.path });
    assert.equal(code, 6, stdout);
    assert.match(
      stdout,
      /not even 1 at a time keeps the objectives\n1 at a time misses ttft.p50 ≤ 10 ms \(100 % beyond/,
    );
  });

  test('a level whose requests fail is cut short, and a server that only fails is not measured', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500' });
    const load = [
      '--slo',
      'mlperf:llama2-70b',
      '--from',
      '20',
      '--duration',
      '60s',
      '--warmup',
      '0',
      '--output',
      'json',
    ];
    const { code, stdout, stderr } = await runCli(searchArgs(endpoint.url, ...load), { cwd: folder.path });
    assert.equal(code, 3, stderr);
    const { outcome, runs } = JSON.parse(stdout) as SearchDocument;
    assert.equal(runs[0]?.state, 'cancelled');
    // Void where this machine was too busy to say so.
    assert.ok(outcome === 'none' || outcome === 'unmeasured', outcome);
    assert.match(stderr, /nothing could be measured: .*500/);
  });

  test('an interrupt keeps what is known', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = ['--over', 'concurrency', '--slo', 'ttft.p50<=1s', '--duration', '20s', '--output', 'json'];
    const run = startCli(searchArgs(endpoint.url, ...args), { cwd: folder.path });
    await endpoint.untilReceived(5);
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    assert.equal(code, 130);
    const { outcome, kept } = JSON.parse(stdout) as SearchDocument;
    assert.deepEqual([outcome, kept], ['unfinished', null]);
    const stored = await runCli(['report', 'list', '--json'], { cwd: folder.path });
    assert.equal(JSON.parse(stored.stdout).runs[0].state, 'interrupted');
  });

  test('mistakes are told before anything is sent', async () => {
    using folder = makeFolder();
    const cases: readonly (readonly [string[], RegExp])[] = [
      [[], /^error: --slo is missing; say what to keep/],
      [['--slo', 'ttft.p95<=1s', '--rate', '3'], /^error: --rate cannot stand beside --over rate/],
      [['--slo', 'ttft.p95<=1s', '--model', 'b'], /^error: --model: a search takes one model, not 2/],
      [['--slo', 'ttft.p95<=1s', '--over', 'in'], /--over/],
    ];
    for (const [more, message] of cases) {
      const { code, stderr } = await runCli(searchArgs('http://127.0.0.1:9/v1', ...more), { cwd: folder.path });
      assert.match(stderr, message);
      assert.equal(code, 2);
    }
  });
});
