import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ComparisonDocument } from '../../src/contract/comparison-document.ts';
import { makeFolder, runCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const SCHEMA = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../docs/schema/comparison-1.json'), 'utf8'),
) as object;

test('runs of the database and files compare alike; a regression is exit code 99', async () => {
  using folder = makeFolder();
  await using fast = await startEndpoint({ ttft: '5', tokenDelay: '1', tokens: '3' });
  await using slow = await startEndpoint({ ttft: '60', tokenDelay: '1', tokens: '3' });
  const options = { cwd: folder.path };
  const measure = (id: string, url: string, ...more: readonly string[]): Promise<unknown> =>
    runCli(
      ['run', '--endpoint', `x=${url}`, '--model', 'm', '--prompt', 'hi', '-n', '30', '--run-id', id, ...more],
      options,
    );
  await measure('base', fast.url);
  await measure('slower', slow.url);
  await measure('longer', fast.url, '--max-tokens', '7');

  const worse = await runCli(['compare', 'base', 'slower'], options);
  assert.equal(worse.code, 99, worse.stderr);
  assert.match(worse.stdout, /^ttft p50 .* REGRESSED$/m);
  assert.match(worse.stdout, /^REGRESSED by 5 % or more: ttft p50/m);

  const stored = await runCli(['report', 'summary', '--run-id', 'base', '--json', '--include', 'requests'], options);
  writeFileSync(join(folder.path, 'base.json'), stored.stdout);
  const better = await runCli(['compare', 'slower', 'base.json', '--json'], options);
  const document = JSON.parse(better.stdout) as ComparisonDocument;
  // Gaps of a millisecond may have become longer meanwhile: only the first token was made to change.
  assert.equal(better.code, document.verdict === 'regressed' ? 99 : 0, better.stderr);
  assert.ok(new Ajv2020({ validateFormats: false }).compile(SCHEMA)(document));
  assert.equal(document.b.label, 'base.json');
  assert.equal(document.targets[0]?.metrics.find(({ id }) => id === 'ttft.p50')?.verdict, 'improved');

  // From the file and from the store come the same numbers.
  const same = await runCli(['compare', 'base', 'base.json', '--json'], options);
  for (const metric of (JSON.parse(same.stdout) as ComparisonDocument).targets[0]?.metrics ?? []) {
    assert.deepEqual(metric.b.value, metric.a.value, metric.id);
    assert.equal(metric.change, 0);
  }

  const unlike = await runCli(['compare', 'base', 'longer'], options);
  assert.equal(unlike.code, 2);
  assert.match(unlike.stderr, /not like-for-like: max tokens not sent → 7; .*--allow/);
  const allowed = await runCli(['compare', 'base', 'longer', '--allow'], options);
  assert.match(allowed.stdout, /^differs {2}max tokens: not sent → 7 {2}← not like-for-like$/m);
});

test('two targets of one run compare as two runs do', async () => {
  using folder = makeFolder();
  await using fast = await startEndpoint({ ttft: '5', tokenDelay: '1', tokens: '3' });
  await using slow = await startEndpoint({ ttft: '60', tokenDelay: '1', tokens: '3' });
  const options = { cwd: folder.path };
  const endpoints = ['--endpoint', `here=${fast.url}`, '--endpoint', `there=${slow.url}`];
  await runCli(['run', ...endpoints, '--model', 'm', '--prompt', 'hi', '-n', '30', '--run-id', 'both'], options);

  const worse = await runCli(['compare', 'both', '--target', 'here/m', '--target', 'there'], options);
  assert.equal(worse.code, 99, worse.stderr);
  assert.match(worse.stdout, /^ttft p50 .* REGRESSED$/m);

  for (const [names, says] of [
    [['here', 'nowhere'], /nowhere names 0 targets of both, not one; name one of: here\/m, there\/m/],
    [['m', 'here'], /m names 2 targets of both/],
    [['here'], /name two different targets of the run/],
    [[], /name two runs, or two targets of one/],
    [['here', 'there', 'here'], /given more than twice/],
  ] as const) {
    const { code, stderr } = await runCli(['compare', 'both', ...names.flatMap((name) => ['--target', name])], options);
    assert.equal(code, 2);
    assert.match(stderr, says);
  }
});

test('what cannot be compared is said in a line', async () => {
  using folder = makeFolder();
  const options = { cwd: folder.path };
  writeFileSync(join(folder.path, 'other.json'), '{"schema":"something/1"}');
  writeFileSync(join(folder.path, 'text.json'), 'hello');
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [['other.json', 'other.json'], /other\.json cannot be compared: .* at schema; write it by/],
    [['text.json', 'other.json'], /text\.json cannot be compared: it is not JSON/],
    [['gone.json', 'other.json'], /cannot read gone\.json/],
    [['a', 'b'], /there is no database at bench\.duckdb/],
    [
      ['a', 'b', '--min-effect', '5'],
      /--min-effect: "5" is not a percentage .* write 5%; see llm-bench compare --help/,
    ],
    [['a', 'b', '--min-effect', '0%'], /--min-effect/],
    [['a'], /name two runs, or two targets of one/],
  ];
  for (const [args, expected] of rows) {
    const { code, stderr } = await runCli(['compare', ...args], options);
    assert.equal(code, 2, stderr);
    assert.match(stderr, expected);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});
