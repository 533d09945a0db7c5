import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import type { TruthRecord } from '../../src/simulator/truth.ts';
import {
  findOldNode,
  makeFolder,
  onlyTarget,
  requestsOf,
  runArgs,
  runCli,
  runForDocument,
  startCli,
} from '../support/cli.ts';
import { serverClockMs, startEndpoint } from '../support/simulator.ts';

const OLD_NODE = findOldNode();

describe('report', { concurrency: 4 }, () => {
  test('summary prints the very document that the run printed, with requests and without', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({
      ttft: '3',
      tokenDelay: '1',
      tokens: '6',
      reasoningTokens: '2',
      fault: ['500@4', 'reset@5'],
    });
    const args = runArgs(
      `mine=${endpoint.url}`,
      '--model',
      'b',
      '-n',
      '8',
      '--warmup',
      '2',
      '--slo',
      'ttft<=50ms',
      '--save-text',
      '--max-retries',
      '1',
      '--retry-delay',
      '1ms',
    );
    const printed = await runForDocument([...args, '--temperature', '0', '--param', 'top_p=1'], { cwd: folder.path });
    const summary = ['report', 'summary', '--json'];
    assert.deepEqual(await runForDocument([...summary, '--include', 'requests'], { cwd: folder.path }), printed);
    const { requests, ...withoutRequests } = printed;
    assert.ok(requests !== undefined && requests.length > 20);
    assert.deepEqual(await runForDocument(summary, { cwd: folder.path }), withoutRequests);
  });

  test('summary of an open loop with drops is the same too', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '50' });
    const args = runArgs(
      endpoint.url,
      '--rate',
      '100',
      '--arrival',
      'poisson',
      '--duration',
      '1200ms',
      '--max-in-flight',
      '3',
    );
    const printed = await runForDocument(args, { cwd: folder.path });
    assert.ok(onlyTarget(printed).requests.dropped > 0);
    assert.deepEqual(
      await runForDocument(['report', 'summary', '--json', '--include', 'requests'], { cwd: folder.path }),
      printed,
    );
  });

  test('summary shows the newest run, another one by name, and one provider alone', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    for (const id of ['first', 'second']) {
      const args = runArgs(`one=${endpoint.url}`, '--endpoint', `two=${endpoint.url}`, '-n', '1', '--run-id', id);
      await runForDocument(args, { cwd: folder.path });
    }
    const summary = async (...more: readonly string[]): Promise<RunDocument> =>
      await runForDocument(['report', 'summary', '--json', '--include', 'requests', ...more], { cwd: folder.path });
    assert.equal((await summary()).run.id, 'second');
    assert.equal((await summary('--run-id', 'first')).run.id, 'first');
    const two = await summary('--provider', 'two');
    assert.deepEqual(
      two.targets.map(({ provider }) => provider),
      ['two'],
    );
    assert.deepEqual(
      requestsOf(two).map(({ provider }) => provider),
      ['two'],
    );
    const { code, stdout } = await runCli(['report', 'summary', '--run-id', 'first', '--stats', '--histogram'], {
      cwd: folder.path,
    });
    assert.equal(code, 0);
    assert.match(stdout, /^Run first .*[\s\S]*one · a[\s\S]*two · a[\s\S]*TTFT/);
  });

  test('list shows the newest first, as many as asked for; remove takes one away for good', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500@3' });
    for (const id of ['a', 'b', 'c'])
      await runCli(runArgs(endpoint.url, '-n', '2', '--run-id', id), { cwd: folder.path });
    const list = async (...more: readonly string[]): Promise<readonly Listed[]> => {
      const { code, stdout } = await runCli(['report', 'list', '--json', ...more], { cwd: folder.path });
      assert.equal(code, 0);
      return JSON.parse(stdout).runs;
    };
    assert.deepEqual(
      (await list()).map(({ id, requests }) => [id, requests.started, requests.completed, requests.failed]),
      [
        ['c', 2, 2, 0],
        ['b', 2, 1, 1],
        ['a', 2, 2, 0],
      ],
    );
    assert.deepEqual(
      (await list('--limit', '2')).map(({ id }) => id),
      ['c', 'b'],
    );
    const text = await runCli(['report', 'list'], { cwd: folder.path });
    assert.deepEqual(
      text.stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(' ')[0]),
      ['c', 'b', 'a'],
    );

    const removed = await runCli(['report', 'remove', '--run-id', 'b'], { cwd: folder.path });
    assert.deepEqual([removed.code, removed.stdout], [0, '']);
    assert.deepEqual(
      (await list()).map(({ id }) => id),
      ['c', 'a'],
    );
    for (const what of ['summary', 'remove']) {
      const { code, stderr } = await runCli(['report', what, '--run-id', 'b'], { cwd: folder.path });
      assert.equal(code, 2);
      assert.match(stderr, /^error: no run b in bench\.duckdb; [^\n]+\n$/);
    }
    await runForDocument(runArgs(endpoint.url, '-n', '1', '--run-id', 'b'), { cwd: folder.path });
    assert.equal((await list())[0]?.id, 'b');
  });

  test('a database from which every run was removed says that none is stored', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    await runForDocument(runArgs(endpoint.url, '-n', '1', '--run-id', 'only'), { cwd: folder.path });
    await runCli(['report', 'remove', '--run-id', 'only'], { cwd: folder.path });
    const { code, stdout, stderr } = await runCli(['report', 'summary'], { cwd: folder.path });
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^error: no run is stored in bench\.duckdb; [^\n]+\n$/);
  });
});

describe('where a run is kept', { concurrency: 3 }, () => {
  test('--db wins over LLM_BENCH_DB, which wins over bench.duckdb', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = runArgs(endpoint.url, '-n', '1');
    const files = (): readonly string[] => readdirSync(folder.path).toSorted();
    await runForDocument([...args, '--db', 'flag.duckdb'], { cwd: folder.path, env: { LLM_BENCH_DB: 'env.duckdb' } });
    assert.deepEqual(files(), ['flag.duckdb']);
    await runForDocument(args, { cwd: folder.path, env: { LLM_BENCH_DB: 'env.duckdb' } });
    assert.deepEqual(files(), ['env.duckdb', 'flag.duckdb']);
    await runForDocument(args, { cwd: folder.path });
    assert.deepEqual(files(), ['bench.duckdb', 'env.duckdb', 'flag.duckdb']);
  });

  test('--no-save leaves no file', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const document = await runForDocument(runArgs(endpoint.url, '-n', '3', '--no-save'), { cwd: folder.path });
    assert.equal(onlyTarget(document).requests.completed, 3);
    assert.deepEqual(readdirSync(folder.path), []);
  });

  test('a name that is taken is refused before anything is sent, and the run of that name stays', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const first = await runForDocument(runArgs(endpoint.url, '-n', '2', '--run-id', 'mine'), { cwd: folder.path });
    const { code, stdout, stderr } = await runCli(runArgs(endpoint.url, '-n', '5', '--run-id', 'mine'), {
      cwd: folder.path,
    });
    assert.deepEqual([code, stdout, endpoint.received()], [2, '', 2]);
    assert.match(stderr, /^error: a run mine is already in bench\.duckdb; [^\n]*--run-id[^\n]*\n$/);
    assert.deepEqual(
      await runForDocument(['report', 'summary', '--json', '--include', 'requests'], { cwd: folder.path }),
      first,
    );
  });

  test('while a run is under way, others are told who has the file and how to go on', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'no-headers' });
    const running = startCli(runArgs(endpoint.url, '-n', '1'), { cwd: folder.path });
    await endpoint.untilReceived(1);
    for (const args of [runArgs(endpoint.url, '-n', '1'), ['report', 'list'], ['report', 'remove', '--run-id', 'x']]) {
      const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(
        stderr,
        new RegExp(
          `^error: bench\\.duckdb is in use by another process \\(process ${running.pid}\\); [^\\n]*--db[^\\n]*\\n$`,
        ),
      );
    }
    assert.equal(endpoint.received(), 1);
    running.kill('SIGKILL');
    assert.equal((await running.ended).signal, 'SIGKILL');
  });
});

describe('a run that is killed', { concurrency: 2 }, () => {
  // Of 100 arrivals a second: at once, between two writes of the store, and after several.
  for (const served of [3, 90, 260]) {
    test(`when ${served} requests had arrived: all but its last second is in the database`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint({ ttft: '20', tokens: '4' });
      const args = runArgs(endpoint.url, '--rate', '100', '--duration', '60s', '--save-text', '--run-id', 'killed');
      const run = startCli(args, { cwd: folder.path });
      await endpoint.untilReceived(served);
      const killedAtMs = serverClockMs();
      run.kill('SIGKILL');
      assert.equal((await run.ended).signal, 'SIGKILL');
      await assertKept({ folder: folder.path, truth: await endpoint.settle(), killedAtMs });
    });
  }

  test('during warm-up: it is there, with nothing measured', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'no-headers' });
    const run = startCli(runArgs(endpoint.url, '--warmup', '2', '--run-id', 'killed'), { cwd: folder.path });
    await endpoint.untilReceived(1);
    run.kill('SIGKILL');
    await run.ended;
    const document = await runForDocument(['report', 'summary', '--json'], { cwd: folder.path });
    assert.deepEqual(
      [document.run.id, document.run.state, onlyTarget(document).requests.started],
      ['killed', 'interrupted', 0],
    );
    const { code, stdout } = await runCli(['report', 'summary'], { cwd: folder.path });
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /NaN|undefined/);
  });

  test('does not stand in the way of the next run, nor of runs before it', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '5' });
    const before = await runForDocument(runArgs(endpoint.url, '-n', '3', '--run-id', 'before'), { cwd: folder.path });
    const run = startCli(runArgs(endpoint.url, '--duration', '60s', '--run-id', 'killed'), { cwd: folder.path });
    await endpoint.untilReceived(60);
    run.kill('SIGKILL');
    await run.ended;
    await runForDocument(runArgs(endpoint.url, '-n', '3', '--run-id', 'after'), { cwd: folder.path });
    const { stdout } = await runCli(['report', 'list', '--json'], { cwd: folder.path });
    assert.deepEqual(
      JSON.parse(stdout).runs.map(({ id, state }: Listed) => [id, state]),
      [
        ['after', 'completed'],
        ['killed', 'interrupted'],
        ['before', 'completed'],
      ],
    );
    const summary = ['report', 'summary', '--json', '--include', 'requests', '--run-id', 'before'];
    assert.deepEqual(await runForDocument(summary, { cwd: folder.path }), before);
  });

  test('by its launcher, on an old Node: the file is free, and holds all but the last second', {
    skip: OLD_NODE === undefined ? 'no Node older than 24.12 on this machine' : false,
  }, async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20', tokens: '4' });
    const args = runArgs(endpoint.url, '--rate', '100', '--duration', '60s', '--save-text', '--run-id', 'killed');
    const launcher = startCli(args, { cwd: folder.path, node: OLD_NODE ?? '' });
    await endpoint.untilReceived(150);
    const killedAtMs = serverClockMs();
    launcher.kill('SIGKILL');
    // Resolves when stdout and stderr are closed by the child too: it is gone, and its lock with it.
    assert.equal((await launcher.ended).signal, 'SIGKILL');
    await assertKept({ folder: folder.path, truth: await endpoint.settle(), killedAtMs });
  });
});

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly requests: { readonly started: number; readonly completed: number; readonly failed: number };
}

interface Killed {
  readonly folder: string;
  readonly truth: readonly TruthRecord[];
  readonly killedAtMs: number;
}

/** What a killed run must have left behind. */
async function assertKept({ folder, truth, killedAtMs }: Killed): Promise<void> {
  const document = await runForDocument(['report', 'summary', '--json', '--include', 'requests'], { cwd: folder });
  assert.deepEqual([document.run.id, document.run.state], ['killed', 'interrupted']);
  const requests = requestsOf(document);
  // The simulator begins each answer with its own number of the request.
  const kept = new Set(requests.map(({ text }) => Number(/^r(\d+) /.exec(text?.answer ?? '')?.[1])));
  assert.equal(kept.size, requests.length, 'none is there twice');
  const sent = truth.filter(({ outcome }) => outcome === 'sent');
  const old = sent.filter(({ endedAtMs }) => endedAtMs < killedAtMs - 1_000).map(({ n }) => n);
  assert.deepEqual(
    old.filter((n) => !kept.has(n)),
    [],
    `${old.length} had ended a second before`,
  );
  const known = new Set(sent.map(({ n }) => n));
  assert.deepEqual(
    [...kept].filter((n) => !known.has(n)),
    [],
  );
  assert.ok(requests.every(({ outcome, events }) => outcome === 'completed' && events.length === 4));
  const { started, completed, failed, cancelled } = onlyTarget(document).requests;
  assert.deepEqual([started, completed, failed, cancelled], [kept.size, kept.size, 0, 0]);
  const { stdout } = await runCli(['report', 'list', '--json'], { cwd: folder });
  const [listed]: readonly Listed[] = JSON.parse(stdout).runs;
  assert.deepEqual(
    [listed?.state, listed?.requests],
    ['interrupted', { started: kept.size, completed: kept.size, failed: 0 }],
  );
  assert.ok(existsSync(join(folder, 'bench.duckdb')));
  assert.deepEqual(
    readdirSync(folder).filter((name) => !/^bench\.duckdb(\.wal)?$/.test(name)),
    [],
  );
}
