import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { buildPlan } from '../../test/support/record-builder.ts';
import { conditionsOf, needsPrompts, repeatCommand, shellQuote } from './repeat-command.ts';

const FROM_FILE = { source: 'p.jsonl', sha256: '0'.repeat(64), items: 3 };

test('a run that was planned from a command line is repeated by one', () => {
  const repeatArguments = ['openai/gpt-4o-mini', '--prompt-file', 'my prompts.jsonl', '--rate', '2', '--seed', '7'];
  const plan = buildPlan({ workload: FROM_FILE, repeatArguments });
  assert.equal(
    repeatCommand({ id: 'run-1', plan }),
    "llm-bench run openai/gpt-4o-mini --prompt-file 'my prompts.jsonl' --rate 2 --seed 7",
  );
});

test('any other run is repeated by its id', () => {
  assert.equal(repeatCommand({ id: 'run-1', plan: buildPlan() }), 'llm-bench rerun run-1');
});

test('prompts that were not kept are asked for, one variable each', () => {
  const workload = { ...FROM_FILE, source: 'inline', items: 2 };
  const lost = buildPlan({ workload, repeatArguments: ['m', '--seed', '1'] });
  assert.equal(
    repeatCommand({ id: 'r', plan: lost }),
    'llm-bench run m --seed 1 --prompt "$PROMPT_1" --prompt "$PROMPT_2"',
  );
  assert.equal(needsPrompts({ plan: lost }), true);
  const kept = buildPlan({ workload, repeatArguments: ['m', '--prompt', 'a', '--prompt', 'b', '--save-text'] });
  assert.equal(repeatCommand({ id: 'r', plan: kept }), 'llm-bench run m --prompt a --prompt b --save-text');
  assert.equal(needsPrompts({ plan: buildPlan({ workload: FROM_FILE }) }), false);
});

for (const word of [
  '',
  'plain',
  "it's",
  '$HOME',
  'a b',
  '`id`',
  '"',
  '\\',
  'x;y',
  'ttft<=5s',
  'line\nbreak',
  '~',
  '*',
]) {
  test(`the shell reads ${JSON.stringify(word)} back as it was`, () => {
    const read = execFileSync('/bin/sh', ['-c', `printf %s ${shellQuote(word)}`], { encoding: 'utf8' });
    assert.equal(read, word);
  });
}

test('the conditions of a run are those of its command line', () => {
  const repeatArguments = ['m', '--fail-if', 'ttft.p95 > 1s', '--seed', '1', '--fail-if=error_rate > 1%'];
  assert.deepEqual(conditionsOf(buildPlan({ repeatArguments })), ['ttft.p95 > 1s', 'error_rate > 1%']);
  assert.deepEqual(conditionsOf(buildPlan()), []);
});
