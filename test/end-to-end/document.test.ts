import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, requestsOf, runArgs, runCli, startCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const ROOT = join(import.meta.dirname, '../..');
const validate = readSchema('run-1.json');

describe('a document of real output matches the published schema', { concurrency: 3 }, () => {
  test('of a completed run of named prompts, reasoning and texts, with requests', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ reasoningTokens: '3', cachedTokens: '2', ttft: '5', tokenDelay: '1' });
    const { stdout } = await runCli(
      [
        ...['run', '--endpoint', endpoint.url, '--model', 'a', '--model', 'b', '--runs', '2', '--save-text'],
        ...['--prompt-file', join(ROOT, 'examples/prompts.yaml'), '--output', 'json', '--include', 'requests'],
        ...['--temperature', '0.5', '--max-tokens', '9', '--param', 'stop=["x"]', '--header', 'x-a: b', '--seed', '3'],
        ...[
          '--slo',
          'ttft<=1s,tpot<=50ms',
          '--first-token-timeout',
          '5s',
          '--idle-timeout',
          '5s',
          '--provider-concurrency',
          '1',
        ],
      ],
      { cwd: folder.path },
    );
    const document = assertValid(stdout);
    assert.equal(document.run.state, 'completed');
    assert.equal(requestsOf(document).length, 2 * (1 + 10));
  });

  test('of a completed run without requests', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = ['run', '--endpoint', endpoint.url, '--model', 'a', '--prompt', 'x', '-o', 'json'];
    const { stdout } = await runCli(args, { cwd: folder.path });
    assert.ok(!('requests' in assertValid(stdout)));
    const stored = await runCli(['report', 'summary', '--json'], { cwd: folder.path });
    assert.deepEqual(assertValid(stored.stdout), JSON.parse(stdout));
  });

  test('of a run with every way to fail, retries and a body that is no stream', async () => {
    using folder = makeFolder();
    const faults = [
      '429',
      '502',
      'reset',
      'reset-before',
      'error-event',
      'truncate',
      'malformed',
      'empty',
      'context-length',
    ];
    await using endpoint = await startEndpoint({
      fault: faults.map((fault, index) => `${fault}@${index + 2}`),
      retryAfter: '0',
      tokens: '4',
    });
    await using whole = await startEndpoint({ ignoreStream: true, usage: 'none' });
    const args = runArgs(
      `one=${endpoint.url}`,
      '--endpoint',
      `two=${whole.url}`,
      '-n',
      '15',
      '--max-retries',
      '1',
      '--retry-delay',
      '1ms',
    );
    const { stdout } = await runCli(args, { cwd: folder.path });
    assert.ok(Object.keys(assertValid(stdout).targets[0]?.failures ?? {}).length >= 6);
  });

  test('of a run in which everything failed', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: '500' });
    const { code, stdout } = await runCli(runArgs(endpoint.url, '-n', '3'), { cwd: folder.path });
    assert.equal(code, 3);
    assert.equal(assertValid(stdout).targets[0]?.requests.failed, 3);
  });

  test('of an open loop with dropped arrivals, over more than a second', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '100' });
    const args = runArgs(
      endpoint.url,
      '--rate',
      '60',
      '--arrival',
      'poisson',
      '--duration',
      '2200ms',
      '--max-in-flight',
      '3',
    );
    const { stdout } = await runCli(args, { cwd: folder.path });
    const [target] = assertValid(stdout).targets;
    assert.ok((target?.requests.dropped ?? 0) > 0 && (target?.metrics['rps']?.n ?? 0) > 0);
  });

  test('of an interrupted run, with cancelled requests', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'no-headers' });
    const run = startCli(runArgs(endpoint.url, '-n', '9', '--concurrency', '2'), { cwd: folder.path });
    await endpoint.untilReceived(2);
    run.kill('SIGINT');
    await run.untilStderr('interrupted');
    run.kill('SIGINT');
    const document = assertValid((await run.ended).stdout);
    assert.deepEqual([document.run.state, document.targets[0]?.requests.cancelled], ['interrupted', 2]);
  });

  test('of an interrupted warm-up, and of a killed run', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ fault: 'no-headers@1,2' });
    const args = runArgs(endpoint.url, '--duration', '60s', '--rate', '50');
    const warmup = startCli([...args, '--warmup', '2'], { cwd: folder.path });
    await endpoint.untilReceived(1);
    warmup.kill('SIGINT');
    await warmup.untilStderr('interrupted');
    warmup.kill('SIGINT');
    assertValid((await warmup.ended).stdout);
    const killed = startCli(args, { cwd: folder.path });
    await endpoint.untilReceived(80);
    killed.kill('SIGKILL');
    await killed.ended;
    const { stdout } = await runCli(['report', 'summary', '--json', '--include', 'requests'], { cwd: folder.path });
    assert.equal(assertValid(stdout).run.state, 'interrupted');
  });

  test('and the schema refuses what is no such document', () => {
    for (const wrong of [{}, { schema: 'llm-bench/run/2' }, [], null]) assert.equal(validate(wrong), false);
  });
});

/** Its type is what the schema has just vouched for. */
function assertValid(text: string): RunDocument {
  const document: RunDocument = JSON.parse(text);
  const isValid = validate(document);
  assert.deepEqual(validate.errors ?? [], []);
  assert.ok(isValid);
  return document;
}

function readSchema(name: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(join(ROOT, 'docs/schema', name), 'utf8'));
  // Its dates have a pattern too; the names of formats are for readers.
  return new Ajv2020({ allErrors: true, validateFormats: false }).compile(schema);
}
