import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, runCli, runForDocument, startCli } from '../support/cli.ts';

describe('demo', { concurrency: 2 }, () => {
  test('measures two providers, prints and saves the result, and leaves no simulator behind', async () => {
    using folder = makeFolder();
    const { code, stdout, stderr } = await runCli(['demo'], { cwd: folder.path });
    assert.equal(code, 0, stderr);
    for (const wanted of [/^swift · demo-1 /m, /^sage · demo-1 /m, /^ttft /m, /^TTFT$/m, /ttft ≤ 400 ms/]) {
      assert.match(stdout, wanted);
    }
    const document = await runForDocument(['report', 'summary', '--json', '--include', 'requests'], {
      cwd: folder.path,
    });
    assert.deepEqual(
      document.targets.map(({ provider, requests }) => [provider, requests.started]),
      [
        ['swift', 60],
        ['sage', 60],
      ],
    );
    assert.ok(stderr.includes(document.run.id) && stdout.includes(document.run.id));
    await assertGone(document);
  });

  test('cut short: exit 130, a saved run, and no simulator left behind', async () => {
    using folder = makeFolder();
    const run = startCli(['demo', '--db', 'cut.duckdb'], { cwd: folder.path });
    // Said when the simulators are there and the first requests go out.
    await run.untilStderr('demo-1');
    run.kill('SIGINT');
    const { code, stdout } = await run.ended;
    assert.equal(code, 130);
    assert.match(stdout, /interrupted/i);
    const summary = ['report', 'summary', '--json', '--db', 'cut.duckdb'];
    const document = await runForDocument(summary, { cwd: folder.path });
    assert.equal(document.run.state, 'interrupted');
    await assertGone(document);
  });
});

/** Nobody listens any more where the run's targets were. */
async function assertGone({ targets }: RunDocument): Promise<void> {
  for (const { provider, url } of targets) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const [error] = await Promise.race([once(socket, 'error'), once(socket, 'connect')]);
    socket.destroy();
    assert.equal(error?.code, 'ECONNREFUSED', `${provider} still listens at ${url}`);
  }
}
