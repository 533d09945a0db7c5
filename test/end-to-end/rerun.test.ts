import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, runCli, runForDocument } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/simulator.ts';

let endpoint: Endpoint;
const folder = makeFolder();
let first: RunDocument;
const inFolder = { cwd: folder.path };
before(async () => {
  endpoint = await startEndpoint();
  writeFileSync(join(folder.path, 'my prompts.txt'), 'one\ntwo\n');
  const args = ['run', '--endpoint', endpoint.url, '--model', 'm', '--prompt-file', 'my prompts.txt', '--warmup', '0'];
  const more = ['--run-id', 'first', '--param', 'top_p=0.5', '--header', 'X-Team: hush', '-o', 'json', '--no-progress'];
  first = await runForDocument([...args, ...more], inFolder);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('rerun measures the same plan, and credentials are looked for anew', async () => {
  const again = await runForDocument(['rerun', 'first', '-o', 'json', '--no-progress'], {
    ...inFolder,
    env: { HEADER_X_TEAM: 'hush' },
  });
  const { seed: _, ...plan } = again.plan;
  const { seed: __, ...before } = first.plan;
  assert.deepEqual(plan, before);
  assert.equal(again.plan.seed, first.plan.seed);
  assert.doesNotMatch(JSON.stringify(first), /hush/);
  const missing = await runCli(['rerun', 'first'], inFolder);
  assert.equal(missing.code, 5);
  assert.match(missing.stderr, /set HEADER_X_TEAM, which --header names/);
});

test('a flag changes what it names, and that is said', async () => {
  const result = await runCli(['rerun', 'first', '--rate', '50', '--no-save'], {
    ...inFolder,
    env: { HEADER_X_TEAM: 'x' },
  });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /^unlike first, load: 1 at a time → constant arrivals at 50\/s$/m);
});

test('the command that a report prints repeats the run in a shell', async () => {
  const command = (first.run.repeat ?? '').replace(/^llm-bench/, 'LLM');
  const bin = join(import.meta.dirname, '../../bin/llm-bench.js');
  // A dry run, for this process and the endpoint in it wait for the shell.
  const script = `LLM() { "${process.execPath}" "${bin}" "$@"; }; ${command} -o json --dry-run`;
  const stdout = execFileSync('/bin/sh', ['-c', script], {
    ...inFolder,
    encoding: 'utf8',
    env: { ...process.env, HEADER_X_TEAM: 'x' },
  });
  assert.match(stdout, /"schema": "llm-bench\/plan\/1"/);
});
