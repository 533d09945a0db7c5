import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyParameters } from './apply-parameters.ts';
import { refusedParameters } from './parameter-error.ts';

const PROBLEM = {
  parameter: 'temperature',
  value: 0.3,
  rule: 'a-rule',
  reason: 'must be 1',
  source: 'a page, https://a.example',
  wayOut: 'leave it out',
  isVerified: true,
};

test('a refusal is one line with parameter, value, rule, source and ways out', () => {
  const { message, hint, exit, code } = refusedParameters('openai/gpt-5', [PROBLEM]);
  assert.deepEqual([code, exit], ['PARAMETERS_REFUSED', 2]);
  assert.equal(message, 'openai/gpt-5: temperature=0.3 (must be 1; rule a-rule, a page, https://a.example)');
  assert.equal(hint, 'leave it out; --params adjust mends it, --params pass sends it all the same');
});

test('several stand in one line, each way out once', () => {
  const long = { ...PROBLEM, parameter: 'tools', value: ['x'.repeat(100)], isVerified: false, wayOut: 'give a' };
  const { message, hint } = refusedParameters('m', [PROBLEM, { ...PROBLEM, parameter: 'top_p' }, long]);
  assert.match(message, /^m: temperature=0\.3 \(.+\); top_p=0\.3 \(.+\); tools=\["x+… \(.+, unverified\)$/);
  assert.match(hint, /^leave it out; give a; --params/);
  assert.ok(!message.includes('\n'));
});

test('what the rules find can be said so', () => {
  const target = {
    prefix: 'openai',
    dialect: 'openai-chat',
    model: 'o3',
    maxTokensName: undefined,
    capabilities: undefined,
  };
  const applied = applyParameters({ target, requested: { stop: 'x' }, skipParams: [], mode: 'strict' });
  assert.ok(applied.kind === 'refused');
  assert.match(
    refusedParameters('openai/o3', applied.problems).message,
    /stop="x" \(o3 and o4-mini refuse it; rule openai-o-stop/,
  );
});
