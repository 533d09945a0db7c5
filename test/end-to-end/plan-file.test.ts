import assert from 'node:assert/strict';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type CliResult, makeFolder, runCli, runForDocument } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/simulator.ts';

let endpoint: Endpoint;
const folder = makeFolder();
const sub = join(folder.path, 'sub');
before(async () => {
  endpoint = await startEndpoint();
  mkdirSync(sub);
  writeFileSync(join(sub, 'p.txt'), 'one\ntwo\n');
  writeFileSync(
    join(sub, 'plan.yaml'),
    [
      'targets:',
      `  - {name: near, model: m, api_base: "${endpoint.url}", dialect: openai-chat}`,
      'prompt_file: p.txt',
      'concurrency: 2',
      'warmup: 0',
      'output: json',
      'progress: false',
      'slo: {ttft: 30s}',
      'export: [out.html, out.xml]',
    ].join('\n'),
  );
  writeFileSync(join(folder.path, 'llm-bench.yaml'), 'db: kept.duckdb\nseed: 5\nconcurrency: 9\n');
});
after(async () => {
  await endpoint[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const cli = (...args: readonly string[]): Promise<CliResult> => runCli(args, { cwd: folder.path });

test('a plan file is a whole benchmark, the project adds to it, and a flag wins', async () => {
  const { plan } = await runForDocument(['run', 'sub/plan.yaml', '--rate', '50'], { cwd: folder.path });
  assert.deepEqual(plan.load, { kind: 'open-loop', arrival: 'constant', ratePerSecond: 50, stages: [] });
  assert.deepEqual([plan.targets[0]?.provider, plan.targets[0]?.model, plan.seed], ['near', 'm', 5]);
  assert.deepEqual([plan.workload.source, plan.workload.items, plan.warmupRequests], ['sub/p.txt', 2, 0]);
  assert.deepEqual(plan.objectives, [{ metric: 'ttft', max: 30_000 }]);
  for (const name of ['out.html', 'out.xml']) assert.ok(statSync(join(sub, name)).size > 100, name);
  const { stdout } = await cli('report', 'list', '--db', 'kept.duckdb');
  assert.match(stdout, /near/);
});

test('config show says who said what, and shows no secret', async () => {
  const result = await runCli(
    ['config', 'show', 'sub/plan.yaml', '--origin', '--api-key', 'sk-secret', '--header', 'X-A: hush'],
    { cwd: folder.path, env: { LLM_BENCH_WARMUP: '7', LLM_BENCH_DB: 'postgresql://u:hush@h/d' } },
  );
  assert.equal(result.code, 0);
  for (const line of [
    /^seed: 5 +# llm-bench\.yaml:2$/m,
    /^warmup: 7 +# LLM_BENCH_WARMUP$/m,
    /^prompt_file: sub\/p\.txt +# sub\/plan\.yaml:3$/m,
  ])
    assert.match(result.stdout, line);
  assert.match(result.stdout, /^concurrency: 2 +# sub\/plan\.yaml:4$/m);
  assert.doesNotMatch(result.stdout, /sk-secret|hush/);
});

test('a mistake in a file, and in a variable, is told by its place', async () => {
  writeFileSync(join(sub, 'bad.yaml'), 'targets: [m]\nprompt: a\n\nrate: some\n');
  const inFile = await cli('run', 'sub/bad.yaml');
  assert.equal(inFile.code, 2);
  assert.match(
    inFile.stderr,
    /^error: sub\/bad\.yaml:4: rate: "some" is not a number above 0; mend it there, or give --rate$/m,
  );
  const env = { LLM_BENCH_CACHE: 'clod' };
  const inVariable = await runCli(['run', 'm', '--prompt', 'a'], { cwd: folder.path, env });
  assert.match(inVariable.stderr, /^error: LLM_BENCH_CACHE: "clod" is not allowed, did you mean cold\?/m);
});
