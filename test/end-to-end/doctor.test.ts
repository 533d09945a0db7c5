import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Calibration } from '../../src/model/calibration.ts';
import { makeFolder, onlyTarget, runArgs, runCli, runForDocument, startCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

interface CheckDocument {
  readonly id: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly text: string;
  readonly todo: string | null;
}

describe('doctor', { concurrency: 2 }, () => {
  test('without a config and without a network it says how things stand, and makes no file', async () => {
    using folder = makeFolder();
    const env = { HOME: folder.path, XDG_STATE_HOME: '', XDG_CONFIG_HOME: '', OPENAI_API_KEY: 'sk-secret' };
    const { code, stdout } = await runCli(['doctor', '--json', '--no-network'], { cwd: folder.path, env });
    const checks: readonly CheckDocument[] = JSON.parse(stdout).checks;
    assert.equal(code, checks.some(({ level }) => level === 'fail') ? 99 : 0);
    const byId = new Map(checks.map((check) => [check.id, check]));
    for (const id of [
      'node',
      'cores',
      'governor',
      'clock',
      'wall-clock',
      'event-loop',
      'files',
      'database',
      'prices',
    ]) {
      assert.ok(byId.has(id), id);
    }
    assert.equal(byId.get('providers')?.level, 'ok');
    assert.match(byId.get('keys')?.text ?? '', /OPENAI_API_KEY is set$/);
    assert.ok(!stdout.includes('sk-secret'));
    assert.match(byId.get('database')?.text ?? '', /will be made by the first run/);
    assert.equal(byId.get('calibration')?.text, 'calibration: none');
    // Every doubt says what to do.
    for (const { level, todo } of checks) assert.equal(todo === null, level === 'ok');
    const list = await runCli(['report', 'list'], { cwd: folder.path });
    assert.match(list.stderr, /there is no database/);
  });

  test('it connects to each provider, and names the one that is not there', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    writeFileSync(
      join(folder.path, 'providers.toml'),
      `[providers.here]\nmodel = "openai/a"\napi_base = "${endpoint.url}"\napi_key_env = "HERE_KEY"\n
[providers.gone]\nmodel = "openai/a"\napi_base = "http://127.0.0.1:9/v1"\napi_key_env = "GONE_KEY"\n`,
    );
    const { code, stdout } = await runCli(['doctor'], { cwd: folder.path, env: { HERE_KEY: 'k' } });
    assert.equal(code, 99);
    assert.match(stdout, /ok {4}here: 127.0.0.1, tcp \d/);
    assert.match(stdout, /FAIL {2}gone: no connection to 127.0.0.1: connect ECONNREFUSED/);
    assert.match(stdout, /warn {2}gone: no key is set\n {6}→ openai\/a: a run needs a key; set GONE_KEY/);
    assert.ok(!stdout.includes('here: no key'));
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    assert.equal(endpoint.received(), 0);
  });

  test('a providers file that cannot be read, and too few open files, are wrong', async () => {
    using folder = makeFolder();
    writeFileSync(join(folder.path, 'providers.toml'), 'x = [');
    const { code, stdout } = await runCli(['doctor', '--concurrency', '99999999'], { cwd: folder.path });
    assert.equal(code, 99);
    assert.match(stdout, /FAIL {2}providers.toml:1: this is not TOML/);
    if (process.platform === 'linux') assert.match(stdout, /FAIL {2}limit of open files/);
    const wrong = await runCli(['doctor', '--concurrency', 'many'], { cwd: folder.path });
    assert.deepEqual([wrong.code, wrong.stderr.startsWith('error: --concurrency')], [2, true]);
  });
});

describe('calibrate', () => {
  test('a calibration of this very client stands in the ledger of its runs, another one does not', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const env = { XDG_STATE_HOME: folder.path };
    const args = runArgs(endpoint.url, '-n', '4', '--concurrency', '4');
    const before = await runForDocument(args, { cwd: folder.path, env });
    assert.ok(onlyTarget(before).validity.every(({ id }) => id !== 'calibration'));
    const { node, cpuModel, cpuCount } = before.run.environment;
    const calibration: Calibration = {
      ...{ measuredAtIso: '2026-11-25T07:00:00.000Z', version: before.run.version, node, cpuModel, cpuCount },
      isQuick: true,
      accuracy: [{ streams: 16, requests: 9, ttftErrorP50Ms: 0.1, ttftErrorP99Ms: 0.4, gapErrorP99Ms: 0.2 }],
      pacing: [],
      streams: [{ streams: 2, chunksPerSecond: 100, lagP50Ms: 0, lagP99Ms: 1, verdict: 'kept' }],
      firehosePerSecond: 1e6,
    };
    const keep = (changed: Partial<Calibration>): void => {
      mkdirSync(join(folder.path, 'llm-bench'), { recursive: true });
      const text = JSON.stringify({ schema: 'llm-bench/calibration/1', ...calibration, ...changed });
      writeFileSync(join(folder.path, 'llm-bench', 'calibration.json'), text);
    };
    keep({});
    const after = await runForDocument([...args, '--run-id', 'judged'], { cwd: folder.path, env });
    const entry = onlyTarget(after).validity.find(({ id }) => id === 'calibration');
    assert.equal(
      entry?.text,
      'this client’s TTFT is 0.1 ms (p50), 0.4 ms (p99) too long at 16 streams, calibrated on 2026-11-25',
    );
    assert.deepEqual(
      [entry?.level, entry?.hint?.startsWith('this run had 4 streams, and 2 were kept up with')],
      ['note', true],
    );
    // It is kept with the run.
    keep({ node: 'v1' });
    const shown = await runCli(['report', 'summary', '--run-id', 'judged', '--json'], { cwd: folder.path, env });
    assert.deepEqual(JSON.parse(shown.stdout).targets[0].validity, onlyTarget(after).validity);
    const other = await runForDocument(args, { cwd: folder.path, env });
    assert.ok(onlyTarget(other).validity.every(({ id }) => id !== 'calibration'));
  });

  test('an interrupt keeps nothing and leaves no endpoint behind', async () => {
    using folder = makeFolder();
    const env = { XDG_STATE_HOME: folder.path };
    const run = startCli(['calibrate', '--quick'], { cwd: folder.path, env });
    await run.untilStderr('1 of 6: accuracy, 1 stream');
    run.kill('SIGINT');
    const { code, stderr, stdout } = await run.ended;
    assert.deepEqual([code, stdout], [130, '']);
    assert.match(stderr, /interrupted: nothing was kept/);
  });
});
