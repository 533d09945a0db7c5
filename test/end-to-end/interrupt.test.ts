import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import {
  type CliResult,
  makeFolder,
  onlyTarget,
  requestsOf,
  runArgs,
  runCli,
  runForDocument,
  startCli,
} from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

/** What the run says once it has heard an interrupt. */
const HEARD = 'interrupted: ';

/** Like `runArgs`, but says on stderr what happens, and has a name. */
function interruptArgs(url: string, ...more: readonly string[]): readonly string[] {
  return [...runArgs(url, '--run-id', 'cut', ...more)].filter((arg) => arg !== '--no-progress');
}

async function stored(folder: string): Promise<RunDocument> {
  return await runForDocument(['report', 'summary', '--run-id', 'cut', '--json', '--include', 'requests'], {
    cwd: folder,
  });
}

function documentOf({ code, signal, stdout, stderr }: CliResult): RunDocument {
  assert.deepEqual([code, signal], [130, null], stderr);
  return JSON.parse(stdout);
}

describe('an interrupt', { concurrency: 6 }, () => {
  test('once, with answers that never end: they are cancelled after the grace', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'stall', tokens: '8' });
    const run = startCli(interruptArgs(endpoint.url, '-n', '100', '--concurrency', '2'), { cwd: folder.path });
    await endpoint.untilReceived(2);
    run.kill('SIGINT');
    const document = documentOf(await run.ended);
    assert.deepEqual(onlyTarget(document).requests, {
      started: 2,
      completed: 0,
      failed: 0,
      cancelled: 2,
      dropped: 0,
      retries: 0,
    });
    // Half of an answer came before it stalled.
    assert.deepEqual(
      requestsOf(document).map(({ events }) => events.length),
      [4, 4],
    );
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    test(`${signal} once: nothing more is sent, what is in flight finishes, result and exit 130`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint({ ttft: '700' });
      const run = startCli(interruptArgs(endpoint.url, '-n', '100', '--concurrency', '3'), { cwd: folder.path });
      await endpoint.untilReceived(3);
      run.kill(signal);
      const result = await run.ended;
      const document = documentOf(result);
      assert.equal(document.run.state, 'interrupted');
      assert.deepEqual(onlyTarget(document).requests, {
        started: 3,
        completed: 3,
        failed: 0,
        cancelled: 0,
        dropped: 0,
        retries: 0,
      });
      assert.deepEqual(
        [endpoint.received(), endpoint.truth.map(({ outcome }) => outcome)],
        [3, ['sent', 'sent', 'sent']],
      );
      assert.ok(result.stderr.includes(HEARD));
      assert.deepEqual(await stored(folder.path), document);
    });
  }

  test('twice: what is in flight is cancelled at once, and counted', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'no-headers@3,4,5,6,7' });
    const run = startCli(interruptArgs(endpoint.url, '-n', '100', '--concurrency', '3'), { cwd: folder.path });
    await endpoint.untilReceived(5);
    run.kill('SIGINT');
    await run.untilStderr(HEARD);
    run.kill('SIGINT');
    const document = documentOf(await run.ended);
    assert.deepEqual(onlyTarget(document).requests, {
      started: 5,
      completed: 2,
      failed: 0,
      cancelled: 3,
      dropped: 0,
      retries: 0,
    });
    assert.deepEqual(
      requestsOf(document)
        .map(({ outcome, cancelledBy }) => [outcome, cancelledBy])
        .toSorted(),
      [
        ['cancelled', 'user'],
        ['cancelled', 'user'],
        ['cancelled', 'user'],
        ['completed', null],
        ['completed', null],
      ],
    );
    assert.equal(onlyTarget(document).errorRate, 0);
    assert.equal((await endpoint.settle()).length, 5);
    assert.deepEqual(await stored(folder.path), document);
  });

  test('during warm-up: it ends there, and nothing is measured', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '700' });
    const args = interruptArgs(endpoint.url, '-n', '10', '--warmup', '5');
    const run = startCli(args, { cwd: folder.path });
    await endpoint.untilReceived(1);
    run.kill('SIGINT');
    const document = documentOf(await run.ended);
    assert.deepEqual(
      [document.run.state, onlyTarget(document).requests.started, endpoint.received()],
      ['interrupted', 0, 1],
    );
    assert.deepEqual(
      requestsOf(document).map(({ phase, outcome }) => [phase, outcome]),
      [['warmup', 'completed']],
    );
    assert.deepEqual(await stored(folder.path), document);
  });

  test('twice during warm-up: at once', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'no-headers' });
    const run = startCli(interruptArgs(endpoint.url, '-n', '10', '--warmup', '5'), { cwd: folder.path });
    await endpoint.untilReceived(1);
    run.kill('SIGINT');
    await run.untilStderr(HEARD);
    run.kill('SIGTERM');
    const document = documentOf(await run.ended);
    assert.deepEqual(
      requestsOf(document).map(({ phase, outcome }) => [phase, outcome]),
      [['warmup', 'cancelled']],
    );
  });

  test('in an open loop: arrivals stop, answers finish', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '500' });
    const run = startCli(interruptArgs(endpoint.url, '--rate', '50', '--duration', '60s'), { cwd: folder.path });
    await endpoint.untilReceived(20);
    run.kill('SIGINT');
    const document = documentOf(await run.ended);
    const { started, completed } = onlyTarget(document).requests;
    assert.ok(started >= 20 && started < 500);
    assert.deepEqual([completed, endpoint.received(), endpoint.truth.length], [started, started, started]);
  });

  test('of several targets: those that wait for their turn are never begun', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '500' });
    const run = startCli(interruptArgs(endpoint.url, '--model', 'b', '-n', '5'), { cwd: folder.path });
    await endpoint.untilReceived(1);
    run.kill('SIGINT');
    const document = documentOf(await run.ended);
    assert.deepEqual(
      document.targets.map(({ model, requests }) => [model, requests.started]),
      [
        ['a', 1],
        ['b', 0],
      ],
    );
    assert.deepEqual(
      endpoint.truth.map(({ model }) => model),
      ['a'],
    );
  });

  test('while a retry waits: it is not made', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500@1', ttft: '300' });
    const args = interruptArgs(
      endpoint.url,
      '-n',
      '2',
      '--concurrency',
      '2',
      '--max-retries',
      '3',
      '--retry-delay',
      '60s',
    );
    const run = startCli(args, { cwd: folder.path });
    await endpoint.untilReceived(2);
    run.kill('SIGINT');
    const document = documentOf(await run.ended);
    assert.deepEqual(onlyTarget(document).requests, {
      started: 2,
      completed: 1,
      failed: 1,
      cancelled: 0,
      dropped: 0,
      retries: 0,
    });
  });

  test('of a text report: it is printed, and says that the run was cut', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '300' });
    const args = ['run', '--endpoint', endpoint.url, '--model', 'a', '--prompt', 'x', '-n', '9', '--warmup', '0'];
    const run = startCli(args, { cwd: folder.path });
    await endpoint.untilReceived(2);
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    assert.equal(code, 130);
    assert.match(stdout, /interrupted/i);
    assert.match(stdout, /2 completed, 0 failed/);
    const list = await runCli(['report', 'list', '--json'], { cwd: folder.path });
    assert.equal(JSON.parse(list.stdout).runs[0].state, 'interrupted');
  });

  test('of a simulator ends it with exit 0', async () => {
    using folder = makeFolder();
    const run = startCli(['simulate', '--port', '0'], { cwd: folder.path });
    await run.untilStdout('/v1\n');
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    assert.equal(code, 0);
    assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+\/v1\n$/);
  });
});
