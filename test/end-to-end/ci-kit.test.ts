import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/simulator.ts';

const KIT = join(import.meta.dirname, '../../examples/ci');
const LAUNCHER = join(import.meta.dirname, '../../bin/llm-bench.js');
let endpoint: Endpoint;
const folder = makeFolder();
const out = join(folder.path, 'results');
before(async () => {
  endpoint = await startEndpoint();
  mkdirSync(join(folder.path, 'bin'));
  const command = join(folder.path, 'bin/llm-bench');
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${LAUNCHER}" "$@"\n`);
  chmodSync(command, 0o755);
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** As the workflow runs it, but for the target. Resolves to its exit code. */
async function benchmark(env: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<number | null> {
  const target = ['--endpoint', endpoint.url, '--model', 'm', '--dialect', 'openai-chat'];
  const prices = ['--input-price', '0.1', '--output-price', '0.1', '--no-progress', '--num-requests', '20'];
  const child = spawn('bash', [join(KIT, 'benchmark.sh'), ...target, ...prices, ...flags], {
    cwd: folder.path,
    stdio: 'ignore',
    env: {
      HOME: folder.path,
      PATH: `${join(folder.path, 'bin')}${delimiter}${process.env['PATH']}`,
      PLAN: join(KIT, 'plan.yaml'),
      OUT: out,
      ...env,
    },
  });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
}

const textOf = (name: string): string => readFileSync(join(out, name), 'utf8');

test('the first run has nothing to compare with; a condition that holds is the verdict', async () => {
  const summary = join(folder.path, 'step-summary.md');
  assert.equal(await benchmark({ GITHUB_STEP_SUMMARY: summary }, '--fail-if', 'ttft.p50 > 0.001ms'), 99);
  assert.match(textOf('comment.md'), /^> There is no baseline/);
  assert.match(readFileSync(summary, 'utf8'), /ttft/);
  assert.match(textOf('junit.xml'), /ttft\.p50 &gt; 0\.001ms/);
  for (const name of ['run.html', 'junit.xml', 'run.json']) assert.ok(statSync(join(out, name)).size > 100, name);
});

test('the next one is compared with it, in one comment', async () => {
  const baseline = join(folder.path, 'baseline.json');
  copyFileSync(join(out, 'run.json'), baseline);
  // What is like-for-like says the comparison; what this machine does meanwhile is not this test's matter.
  assert.ok([0, 99].includes((await benchmark({ BASELINE: baseline })) ?? -1));
  const document = JSON.parse(textOf('run.json')) as RunDocument;
  assert.equal(document.plan.seed, 1);
  assert.match(textOf('comment.md'), /\| metric \|/);
  assert.ok(statSync(join(out, 'comparison.html')).size > 500);
  assert.ok(statSync(join(out, 'comment.md')).size <= 65_536);
});

test('the workflow restores, measures, uploads, comments, and fails last', () => {
  const workflow = parse(readFileSync(join(KIT, 'github-workflow.yml'), 'utf8')) as {
    readonly jobs: {
      readonly benchmark: {
        readonly steps: readonly { readonly name?: string; readonly uses?: string; readonly run?: string }[];
      };
    };
  };
  const { steps } = workflow.jobs.benchmark;
  assert.deepEqual(
    steps.map(({ name, uses }) => name ?? uses?.split('@')[0]),
    [
      ...['actions/checkout', 'actions/setup-node', 'Install llm-bench', 'Restore the baseline', 'Measure and compare'],
      ...['Upload the results', 'Comment', 'Keep this run as the baseline', 'Save the baseline', 'Verdict'],
    ],
  );
});
