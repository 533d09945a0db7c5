import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, onlyTarget, runArgs, runCli, runForDocument, startCli } from '../support/cli.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { startEndpoint } from '../support/simulator.ts';

describe('a run kept in PostgreSQL', () => {
  let server: PostgresServer;
  before(async () => {
    // Its own, for it is stopped.
    server = await startPostgres({ isOwn: true });
  });
  after(() => server.stop());

  test('is shown again as it was, and its password by nobody', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const url = await server.createSchema();
    const options = { cwd: folder.path, env: { DATABASE_URL: url } };
    const args = runArgs(endpoint.url, '-n', '5', '--run-id', 'kept').filter((arg) => arg !== '--no-progress');
    const run = await runCli([...args, '--db', url], { cwd: folder.path });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /saved in postgresql:\/\/bench:\*\*\*@/);
    const summary = ['report', 'summary', '--run-id', 'kept', '--json', '--include', 'requests'];
    assert.deepEqual(await runForDocument(summary, options), JSON.parse(run.stdout));
    const results = [
      run,
      await runCli(['report', 'list'], options),
      await runCli(['report', 'summary', '--run-id', 'none'], options),
      await runCli(['report', 'remove', '--run-id', 'kept'], options),
      await runCli(['report', 'summary'], options),
    ];
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0, 2, 0, 2],
    );
    for (const { stdout, stderr } of results) assert.doesNotMatch(stdout + stderr, /secret-word/);
    assert.deepEqual(readdirSync(folder.path), [], 'nothing is kept elsewhere');
  });

  test('that loses its server ends as failed, with what was measured', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20' });
    const url = await server.createSchema();
    const run = startCli(runArgs(endpoint.url, '--duration', '120s', '--db', url), { cwd: folder.path });
    await endpoint.untilReceived(20);
    await server.stop();
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: cannot write to postgresql:.*: the connection to the server was lost; /m);
    assert.doesNotMatch(stdout + stderr, /secret-word/);
    const document: RunDocument = JSON.parse(stdout);
    assert.equal(document.run.state, 'failed');
    assert.ok(onlyTarget(document).requests.completed >= 19);
    const refused = await runCli(['report', 'list', '--db', url], { cwd: folder.path });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /no server listens there; check the URL/);
  });
});
