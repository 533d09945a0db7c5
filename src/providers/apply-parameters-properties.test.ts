import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ParameterMode } from '../model/parameters.ts';
import type { JsonObject, JsonValue } from '../model/units.ts';
import {
  type AppliedParameters,
  applyParameters,
  type ParameterCapabilities,
  type ParameterTarget,
} from './apply-parameters.ts';
import { PARAMETER_NAMES } from './parameters/parameter.ts';

/** Of each family and each set of rules at least one. */
const TARGETS: readonly (readonly [prefix: string | undefined, dialect: string, models: readonly string[]])[] = [
  [
    'openai',
    'openai-chat',
    ['gpt-4o', 'gpt-5', 'gpt-5.1', 'gpt-5.6', 'gpt-6-astra', 'gpt-6-luna', 'o3', 'o1-pro', 'gpt-5-chat-latest'],
  ],
  ['openai', 'openai-responses', ['gpt-4o', 'gpt-5', 'gpt-5.2-codex', 'gpt-5.4-pro']],
  ['text-completion-openai', 'openai-completions', ['gpt-3.5-turbo-instruct']],
  ['azure', 'openai-chat', ['gpt-5', 'mine']],
  [
    'anthropic',
    'anthropic-messages',
    [
      'claude-2.1',
      'claude-3-haiku',
      'claude-3-7-sonnet',
      'claude-sonnet-4-5',
      'claude-opus-4-6',
      'claude-opus-4-8',
      'claude-fable-5',
      'claude-sonnet-5',
      'claude-opus-5-5',
      'MiniMax-M2',
    ],
  ],
  [
    'bedrock',
    'bedrock-converse',
    [
      'us.anthropic.claude-sonnet-4-5-v1:0',
      'anthropic.claude-opus-4-8',
      'amazon.nova-pro-v1:0',
      'meta.llama3',
      'cohere.command-r',
      'openai.gpt-oss-120b',
    ],
  ],
  [
    'gemini',
    'gemini',
    [
      'gemini-2.0-flash',
      'gemini-2.5-pro',
      'gemini-2.5-flash',
      'gemini-2.5-flash-lite',
      'gemini-3-pro-preview',
      'gemini-3.1-pro',
      'gemini-3.5-flash-lite',
      'gemini-3.8-flash',
    ],
  ],
  ['vertex_ai', 'gemini', ['gemini-2.5-pro']],
  ['mistral', 'openai-chat', ['mistral-large-latest', 'mistral-small-latest']],
  ['groq', 'openai-chat', ['qwen/qwen3-32b']],
  ['deepseek', 'openai-chat', ['deepseek-chat', 'deepseek-reasoner', 'deepseek-v4-pro']],
  ['xai', 'openai-chat', ['grok-3-mini', 'grok-4', 'grok-4.6', 'grok-4.20-non-reasoning']],
  ['moonshot', 'openai-chat', ['moonshot-v1-8k', 'kimi-k3']],
  ['perplexity', 'openai-chat', ['sonar']],
  ['cohere', 'cohere', ['command-a-03-2025']],
  ['openrouter', 'openai-chat', ['openai/gpt-5']],
  ['poe', 'openai-chat', ['Bot']],
  ['hosted_vllm', 'openai-chat', ['m']],
  ['lm_studio', 'openai-chat', ['m']],
  ['ollama', 'ollama', ['llama3']],
  [undefined, 'llamacpp', ['m']],
  ['predibase', 'tgi', ['m']],
  [undefined, 'openai-chat', ['qwen', 'gpt-5']],
  ['watsonx', 'watsonx', ['m']],
];

const target: fc.Arbitrary<ParameterTarget> = fc
  .constantFrom(...TARGETS.flatMap(([prefix, dialect, models]) => models.map((model) => ({ prefix, dialect, model }))))
  .chain((where) => capabilities.map((known) => ({ ...where, maxTokensName: undefined, capabilities: known })));

const capabilities: fc.Arbitrary<ParameterCapabilities | undefined> = fc.option(
  fc.record({
    acceptsTemperature: fc.constantFrom(true, false, undefined),
    reasons: fc.constantFrom(true, false, undefined),
    efforts: fc.constantFrom(['low', 'high'], ['none', 'max'], undefined),
    callsTools: fc.constantFrom(true, false, undefined),
    maxOutputTokens: fc.constantFrom(500, 8_000, undefined),
    source: fc.constant('a file'),
  }),
  { nil: undefined, freq: 3 },
);

/** Values that are right, at the edge, beyond it and of the wrong type. */
const VALUES: readonly JsonValue[] = [
  ...[-3, -1, -0.5, 0, 0.01, 0.3, 0.95, 0.99, 1, 1.5, 2, 2.5, 5, 41, 500, 1_023, 1_024, 1_025, 5_000, 40_000, 300_000],
  ...['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'auto', 'required', 'flex', 'nonsense', ''],
  ...[true, false, null, [], {}, ['a'], ['a', 'b', 'c', 'd', 'e', 'f'], [1]],
  ...[
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'n', schema: {} } },
    { type: 'function', function: { name: 'f' } },
  ],
  ...[
    { type: 'enabled', budget_tokens: 700 },
    { type: 'enabled', budget_tokens: 7_000 },
    { type: 'disabled' },
    { 1: 200, 2: -5 },
  ],
];

const NAMES: readonly string[] = [
  ...PARAMETER_NAMES,
  ...[
    'max_completion_tokens',
    'reasoning_budget',
    'repeat_penalty',
    'thinking',
    'reasoning_format',
    'include_reasoning',
  ],
  ...['custom', 'topP', 'stop_sequences', 'reasoning', 'thinkingConfig'],
];

const requested: fc.Arbitrary<JsonObject> = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES), {
  maxKeys: 8,
  noNullPrototype: true,
});

/** Seeded: a test that fails by chance tells nothing. */
const RUNS = { numRuns: 1_000, seed: 20_261_121 };

describe('whatever is asked of whatever target', () => {
  test('adjusting never fails, and strict has nothing to refuse afterwards', () => {
    fc.assert(
      fc.property(target, requested, (where, asked) => {
        const adjusted = apply({ where, asked, mode: 'adjust' });
        assert.ok(adjusted.kind === 'ok');
        const again = apply({ where, asked: adjusted.canonical, mode: 'strict' });
        assert.deepEqual(again.kind === 'refused' ? again.problems : [], []);
        assert.ok(again.kind === 'ok');
        assert.deepEqual(again.parameters, adjusted.parameters);
      }),
      RUNS,
    );
  });

  test('what strict lets through, adjusting only advises on', () => {
    fc.assert(
      fc.property(target, requested, (where, asked) => {
        const strict = apply({ where, asked, mode: 'strict' });
        const adjusted = apply({ where, asked, mode: 'adjust' });
        if (strict.kind === 'refused') return;
        assert.ok(adjusted.kind === 'ok');
        const changed = adjusted.adjustments.filter(({ action, from }) => action !== 'rename' && from !== null);
        // The one piece of advice that adjusting follows.
        for (const { parameter, reason } of changed) {
          assert.equal(parameter, 'temperature');
          assert.match(reason, /leave Gemini 3 and later/);
        }
        if (changed.length === 0) assert.deepEqual(adjusted.parameters, strict.parameters);
      }),
      RUNS,
    );
  });

  test('pass changes neither a name nor a value', () => {
    fc.assert(
      fc.property(target, requested, (where, asked) => {
        const passed = apply({ where, asked, mode: 'pass' });
        assert.ok(passed.kind === 'ok');
        const { temperature, maxTokens, maxTokensName, extra } = passed.parameters;
        assert.equal(maxTokensName, undefined);
        assert.deepEqual(passed.adjustments, []);
        assert.deepEqual(
          {
            ...extra,
            ...(temperature === undefined ? {} : { temperature }),
            ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
          },
          asked,
        );
      }),
      RUNS,
    );
  });

  test('what is to be skipped is never sent', () => {
    fc.assert(
      fc.property(
        target,
        requested,
        fc.constantFrom<ParameterMode>('strict', 'adjust', 'pass'),
        (where, asked, mode) => {
          const skipped = Object.keys(asked);
          const applied = apply({ where, asked, mode, skipParams: skipped });
          assert.ok(applied.kind === 'ok');
          const { temperature, maxTokens, extra } = applied.parameters;
          assert.deepEqual([temperature, maxTokens, extra], [undefined, undefined, {}]);
          assert.deepEqual(
            applied.adjustments.map(({ parameter, action }) => [parameter, action]),
            skipped.flatMap((name) =>
              applied.adjustments.some(({ parameter }) => parameter === name) ? [[name, 'drop']] : [],
            ),
          );
        },
      ),
      RUNS,
    );
  });

  test('every parameter is sent as it is, or listed', () => {
    fc.assert(
      fc.property(target, requested, (where, asked) => {
        const adjusted = apply({ where, asked, mode: 'adjust' });
        assert.ok(adjusted.kind === 'ok');
        const listed = new Set(adjusted.adjustments.map(({ parameter }) => parameter));
        const { temperature, maxTokens, extra } = adjusted.parameters;
        const sent: JsonObject = {
          ...extra,
          ...(temperature === undefined ? {} : { temperature }),
          ...(maxTokens === undefined ? {} : { max_tokens: maxTokens, max_completion_tokens: maxTokens }),
        };
        for (const [name, value] of Object.entries(asked)) {
          // An object may share its place with what other names put there.
          if (typeof value === 'object' || listed.has(name)) continue;
          assert.deepEqual(sent[name], value, name);
        }
      }),
      RUNS,
    );
  });
});

interface Asked {
  readonly where: ParameterTarget;
  readonly asked: JsonObject;
  readonly mode: ParameterMode;
  readonly skipParams?: readonly string[];
}

function apply({ where, asked, mode, skipParams = [] }: Asked): AppliedParameters {
  return applyParameters({ target: where, requested: asked, skipParams, mode });
}
