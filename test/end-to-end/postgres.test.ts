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

  test('goes on over a restart of its server, and lacks nothing', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20' });
    const url = await server.createSchema();
    const args = runArgs(endpoint.url, '-n', '60', '--db', url).filter((arg) => arg !== '--no-progress');
    const run = startCli(args, { cwd: folder.path });
    await endpoint.untilReceived(10);
    await server.goAway();
    await endpoint.untilReceived(40);
    await server.comeBack();
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /: the connection to the server was lost; trying again for 60 s$/m);
    assert.match(stderr, /: the database is back; nothing was lost$/m);
    const document: RunDocument = JSON.parse(stdout);
    assert.deepEqual([document.run.state, document.requests?.length], ['completed', 60]);
    const { name } =
      (await server.runSql('SELECT count(DISTINCT request_id) || $$/$$ || count(*) AS name FROM requests', url))[0] ??
      {};
    assert.equal(name, '60/60');
  });

  test('that loses its server for good ends as failed, with what was measured', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20' });
    const url = `${await server.createSchema()}&reconnect_timeout=1`;
    const run = startCli(runArgs(endpoint.url, '--duration', '120s', '--db', url), { cwd: folder.path });
    await endpoint.untilReceived(20);
    await server.goAway();
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, /^error: cannot write to postgresql:.*, and it did not come back within 1 s; /m);
    assert.doesNotMatch(stdout + stderr, /secret-word/);
    const document: RunDocument = JSON.parse(stdout);
    assert.equal(document.run.state, 'failed');
    assert.ok(onlyTarget(document).requests.completed >= 19);
    const refused = await runCli(['report', 'list', '--db', url], { cwd: folder.path });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /no server listens there; check the URL/);
  });
});
