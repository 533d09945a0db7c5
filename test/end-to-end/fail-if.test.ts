import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { runDocumentSchema } from '../../src/contract/run-document-schema.ts';
import { makeFolder, runCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

test('--fail-if: the same verdict in text, document and exit code, of a run and of a stored one', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint({ ttft: '5', tokenDelay: '1', tokens: '3' });
  const options = { cwd: folder.path };
  const args = ['run', '--endpoint', `x=${endpoint.url}`, '--model', 'm', '--prompt', 'hi', '-n', '5'];

  const good = await runCli([...args, '--fail-if', 'ttft.p95 > 30s', '--fail-if', 'error_rate > 1%'], options);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /^passed {3}ttft\.p95 > 30s: .* few samples: 5, and p95 needs 130 \(x · m\)$/m);
  assert.match(good.stdout, /^passed {3}error_rate > 1%: 0 % \(x · m\)$/m);

  const bad = await runCli([...args, '-o', 'json', '--fail-if', 'ttft.p50 > 1ms', '--fail-if', 'cost > 1usd'], options);
  assert.equal(bad.code, 99, bad.stderr);
  const document = runDocumentSchema.parse(JSON.parse(bad.stdout) as RunDocument);
  assert.deepEqual(
    document.verdict?.checks.map(({ condition, status, note }) => [condition, status, note]),
    [
      ['ttft.p50 > 1ms', 'failed', null],
      ['cost > 1usd', 'unknown', 'no value: no price is known'],
    ],
  );
  assert.match(bad.stderr, /^failed: ttft\.p50 > 1ms: /m);

  const stored = await runCli(['report', 'summary', '--fail-if', 'ttft.p50>=1ms'], options);
  assert.equal(stored.code, 99);
  assert.match(stored.stdout, /^FAILED {3}ttft\.p50>=1ms: \d/m);
  assert.equal((await runCli(['report', 'summary', '--fail-if', 'ttft.p50 < 1ms'], options)).code, 0);
});

test('a condition that cannot be read stops the run before anything is sent', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint();
  const args = ['run', '--endpoint', endpoint.url, '--model', 'm', '--prompt', 'hi', '--fail-if', 'ttft.p95 > 800'];
  const { code, stdout, stderr } = await runCli(args, { cwd: folder.path });
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.equal(
    stderr.trim(),
    'error: --fail-if: "ttft.p95 > 800" has no unit; write it as 800ms or 2s; see llm-bench run --help',
  );
});

test('where nothing could be measured that is the exit code', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint({ fault: ['500'] });
  const args = ['run', '--endpoint', endpoint.url, '--model', 'm', '--prompt', 'hi', '--fail-if', 'ttft.p95 > 8s'];
  assert.equal((await runCli(args, { cwd: folder.path })).code, 3);
});
