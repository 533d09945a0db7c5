import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterSupport } from '../model/parameter-check.ts';
import type { ParameterTarget } from './apply-parameters.ts';
import { describeSupport } from './describe-support.ts';
import { PARAMETER_NAMES } from './parameters/parameter.ts';

describe('what a target takes', () => {
  test('is told of every parameter that is known by name', () => {
    const names = describeSupport(target('openai', 'openai-chat', 'gpt-4o')).map(({ parameter }) => parameter);
    assert.deepEqual(names.toSorted(), PARAMETER_NAMES.toSorted());
  });

  test('has range, default and the name it is sent as', () => {
    const {
      status,
      range,
      default: fallback,
      sentAs,
    } = supportOf('top_p', target('gemini', 'gemini', 'gemini-2.5-pro'));
    assert.deepEqual([status, range, fallback, sentAs], ['supported', '0 to 1', 0.95, 'topP']);
  });

  test('is narrowed by the rules of the model', () => {
    assert.equal(supportOf('max_tokens', target('openai', 'openai-chat', 'gpt-4o')).range, '1 to 16384');
    assert.equal(supportOf('reasoning_effort', target('openai', 'openai-chat', 'o3')).range, 'low, medium or high');
  });

  test('is refused where a rule forbids it whatever its value', () => {
    const { status, remarks, range } = supportOf('logit_bias', target('openai', 'openai-chat', 'gpt-5'));
    assert.deepEqual([status, range], ['refused', '']);
    assert.deepEqual(
      remarks.map(({ text }) => text),
      ['OpenAI’s reasoning models refuse it'],
    );
  });

  test('is refused where it must be said in another way', () => {
    assert.equal(supportOf('reasoning_effort', target('gemini', 'gemini', 'gemini-2.5-pro')).status, 'refused');
    assert.equal(supportOf('reasoning_effort', target('gemini', 'gemini', 'gemini-3-pro')).status, 'supported');
  });

  test('is taken with a remark where it depends on other parameters, once each', () => {
    const { status, remarks } = supportOf('temperature', target('anthropic', 'anthropic-messages', 'claude-opus-4-6'));
    assert.equal(status, 'supported');
    assert.deepEqual(
      remarks.map(({ text }) => text),
      ['a thinking Claude takes no temperature but 1'],
    );
  });

  test('is not known of endpoints that nobody knows', () => {
    assert.equal(supportOf('top_k', target(undefined, 'openai-chat', 'qwen')).status, 'unknown');
  });

  test('is told by a catalog file where it says so', () => {
    const capabilities = {
      acceptsTemperature: undefined,
      reasons: undefined,
      efforts: ['low', 'ultra'],
      callsTools: undefined,
      maxOutputTokens: 50,
      source: 'a file',
    };
    const told = { ...target('groq', 'openai-chat', 'new'), capabilities };
    assert.equal(supportOf('max_tokens', told).range, '1 to 50');
    assert.match(supportOf('reasoning_effort', told).range, /ultra/);
  });

  test('has the limit’s name as the catalog has it', () => {
    const told = { ...target('mine', 'openai-chat', 'm'), maxTokensName: 'max_new_tokens' };
    assert.equal(supportOf('max_tokens', told).sentAs, 'max_new_tokens');
  });
});

function target(prefix: string | undefined, dialect: string, model: string): ParameterTarget {
  return { prefix, dialect, model, maxTokensName: undefined, capabilities: undefined };
}

function supportOf(name: string, where: ParameterTarget): ParameterSupport {
  const found = describeSupport(where).find(({ parameter }) => parameter === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}
