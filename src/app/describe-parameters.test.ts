import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createClock, takeOrigin } from '../clock.ts';
import type { ParameterDescription } from '../model/parameter-check.ts';
import { DIALECT_IDS, type DialectId } from '../model/target.ts';
import type { JsonObject } from '../model/units.ts';
import type { TargetOptions } from './address/target-options.ts';
import { describeParameters } from './describe-parameters.ts';

/** What most targets take, under the names that users write. */
const ASKED = { temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', own: { a: 1 } };

interface Row {
  readonly dialect: DialectId;
  readonly prefix: string | undefined;
  readonly model: string;
  readonly asked: JsonObject;
  /** Everything in the body that is not the prompt. */
  readonly body: JsonObject;
}

const ROWS: readonly Row[] = [
  {
    dialect: 'openai-chat',
    prefix: 'openai',
    model: 'gpt-4o',
    asked: ASKED,
    body: { temperature: 0.5, max_completion_tokens: 2_000, top_p: 0.5, stop: 'END', own: { a: 1 } },
  },
  {
    dialect: 'openai-chat',
    prefix: 'mistral',
    model: 'mistral-large-latest',
    asked: { ...ASKED, seed: 7 },
    body: { temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', random_seed: 7, own: { a: 1 } },
  },
  {
    dialect: 'openai-completions',
    prefix: 'hosted_vllm',
    model: 'm',
    asked: { ...ASKED, top_k: 5, ignore_eos: true },
    body: { temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', top_k: 5, ignore_eos: true, own: { a: 1 } },
  },
  {
    dialect: 'openai-responses',
    prefix: 'openai',
    model: 'gpt-5.1',
    asked: { max_tokens: 2_000, reasoning_effort: 'none', temperature: 0.5, verbosity: 'low', text: { extra: 1 } },
    body: {
      temperature: 0.5,
      max_output_tokens: 2_000,
      reasoning: { effort: 'none' },
      text: { verbosity: 'low', extra: 1 },
      // Ours: OpenAI would keep the answers.
      store: false,
    },
  },
  {
    dialect: 'anthropic-messages',
    prefix: 'anthropic',
    model: 'claude-opus-4-6',
    asked: { max_tokens: 2_000, top_p: 0.96, stop: 'END', reasoning_effort: 'low', own: { a: 1 } },
    body: {
      max_tokens: 2_000,
      top_p: 0.96,
      stop_sequences: ['END'],
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low' },
      own: { a: 1 },
    },
  },
  {
    dialect: 'anthropic-messages',
    prefix: 'anthropic',
    model: 'claude-opus-4-6',
    asked: {},
    body: { max_tokens: 1_024 },
  },
  {
    dialect: 'gemini',
    prefix: 'gemini',
    model: 'gemini-2.5-pro',
    asked: { ...ASKED, thinking_budget: 500, service_tier: 'flex', safetySettings: [], generationConfig: { seed: 3 } },
    body: {
      generationConfig: {
        temperature: 0.5,
        maxOutputTokens: 2_000,
        topP: 0.5,
        stopSequences: ['END'],
        thinkingConfig: { thinkingBudget: 500 },
        own: { a: 1 },
        seed: 3,
      },
      serviceTier: 'flex',
      safetySettings: [],
    },
  },
  {
    dialect: 'gemini',
    prefix: 'vertex_ai',
    model: 'gemini-2.5-pro',
    asked: { tool_choice: 'none', response_format: { type: 'json_object' } },
    body: {
      generationConfig: { responseMimeType: 'application/json' },
      toolConfig: { functionCallingConfig: { mode: 'NONE' } },
    },
  },
  {
    dialect: 'ollama',
    prefix: 'ollama_chat',
    model: 'qwen3',
    asked: {
      ...ASKED,
      repetition_penalty: 1.1,
      reasoning_effort: 'high',
      response_format: { type: 'json_object' },
      keep_alive: '5m',
    },
    body: {
      options: { temperature: 0.5, num_predict: 2_000, top_p: 0.5, stop: ['END'], repeat_penalty: 1.1, own: { a: 1 } },
      think: 'high',
      format: 'json',
      keep_alive: '5m',
    },
  },
  {
    dialect: 'cohere',
    prefix: 'cohere',
    model: 'command-a-03-2025',
    asked: { ...ASKED, top_k: 5 },
    body: { temperature: 0.5, max_tokens: 2_000, p: 0.5, k: 5, stop_sequences: ['END'], own: { a: 1 } },
  },
  {
    dialect: 'tgi',
    prefix: 'predibase',
    model: 'm',
    asked: {
      ...ASKED,
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
    },
    body: {
      parameters: {
        temperature: 0.5,
        max_new_tokens: 2_000,
        details: true,
        top_p: 0.5,
        stop: ['END'],
        grammar: { type: 'json', value: { type: 'object' } },
        own: { a: 1 },
      },
    },
  },
  {
    dialect: 'llamacpp',
    prefix: undefined,
    model: 'm',
    asked: { ...ASKED, ignore_eos: true },
    body: { temperature: 0.5, n_predict: 2_000, top_p: 0.5, stop: ['END'], ignore_eos: true, own: { a: 1 } },
  },
  {
    dialect: 'bedrock-converse',
    prefix: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    asked: { max_tokens: 4_000, stop: 'END', thinking_budget: 2_000, service_tier: 'priority' },
    body: {
      inferenceConfig: { maxTokens: 4_000, stopSequences: ['END'] },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2_000 } },
      serviceTier: { type: 'priority' },
    },
  },
  {
    dialect: 'bedrock-converse',
    prefix: 'bedrock',
    model: 'amazon.nova-pro-v1:0',
    asked: { top_k: 5, top_p: 0.5, own: 1 },
    body: {
      inferenceConfig: { topP: 0.5 },
      additionalModelRequestFields: { inferenceConfig: { topK: 5 }, own: 1 },
    },
  },
  {
    dialect: 'bedrock-invoke',
    prefix: 'bedrock',
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    asked: { max_tokens: 4_000, stop: 'END', top_k: 5 },
    body: { max_tokens: 4_000, stop_sequences: ['END'], top_k: 5 },
  },
  {
    dialect: 'sagemaker-chat',
    prefix: 'sagemaker_chat',
    model: 'my-endpoint',
    asked: ASKED,
    body: { temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', own: { a: 1 } },
  },
  {
    dialect: 'triton',
    prefix: 'triton',
    model: 'm',
    asked: { temperature: 0.5, max_completion_tokens: 9, own: 1 },
    body: { parameters: { stream: true, temperature: 0.5, max_tokens: 9, own: 1 } },
  },
  {
    dialect: 'watsonx',
    prefix: 'watsonx',
    model: 'ibm/granite',
    asked: { max_tokens: 9, top_p: 0.5, tool_choice: 'auto' },
    body: { max_tokens: 9, top_p: 0.5, tool_choice_option: 'auto' },
  },
  {
    dialect: 'replicate',
    prefix: 'replicate',
    model: 'meta/llama-3',
    asked: { max_tokens: 9, top_p: 0.5 },
    body: { input: { max_tokens: 9, top_p: 0.5 } },
  },
  {
    dialect: 'sagemaker-tgi',
    prefix: 'sagemaker',
    model: 'my-endpoint',
    asked: { max_tokens: 2_000, stop: 'END' },
    body: { parameters: { max_new_tokens: 2_000, details: true, stop: ['END'] } },
  },
  {
    dialect: 'triton',
    prefix: undefined,
    model: 'ensemble',
    asked: ASKED,
    body: {
      parameters: { stream: true, temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', own: { a: 1 } },
    },
  },
  {
    dialect: 'watsonx',
    prefix: undefined,
    model: 'ibm/granite',
    asked: ASKED,
    body: { temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', own: { a: 1 } },
  },
  {
    dialect: 'replicate',
    prefix: 'replicate',
    model: 'meta/llama-3',
    asked: ASKED,
    body: { input: { temperature: 0.5, max_tokens: 2_000, top_p: 0.5, stop: 'END', own: { a: 1 } } },
  },
];

describe('the body of', () => {
  for (const { dialect, prefix, model, asked, body } of ROWS) {
    test(`${dialect} holds ${JSON.stringify(asked)} for ${model}`, async () => {
      const { outcome } = await describeAt({ dialect, prefix, model }, asked);
      assert.deepEqual(outcome.kind === 'sent' ? outcome.body : outcome.problems, body);
    });
  }

  test('every dialect is tried', () => {
    // A template has a test of its own.
    const tried = new Set<DialectId>([...ROWS.map(({ dialect }) => dialect), 'custom-rest']);
    assert.deepEqual(
      DIALECT_IDS.filter((id) => !tried.has(id)),
      [],
    );
  });
});

test('a custom REST endpoint is told as its template says, and not without one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-template-'));
  const file = join(folder, 'providers.toml');
  const at = (fields: string): Promise<ParameterDescription> => {
    writeFileSync(file, `[providers.mine]\napi_base = "http://a.example/ask"\nmodel = "m"\n${fields}`);
    return describeOne({ config: file, providers: ['mine'], parameters: { max_tokens: 7 } });
  };
  const template = 'template = { body = { q = "{{prompt}}", n = "{{max_tokens}}" }, paths = { text = "a" } }\n';
  const { outcome } = await at(`dialect = "custom-rest"\n${template}`);
  const get = await at('dialect = "custom-rest"\ntemplate = { method = "GET", paths = { text = "a" } }\n');
  assert.deepEqual(get.outcome.kind === 'sent' && get.outcome.body, {});
  await assert.rejects(at('dialect = "custom-rest"\n'), { code: 'TEMPLATE_INVALID' });
  rmSync(folder, { recursive: true });
  assert.deepEqual(outcome.kind === 'sent' && outcome.body, { q: '', n: 7 });
});

test('a refusal names the problems and holds no body', async () => {
  const { outcome, notes } = await describeOne({ names: ['openai/o3'], parameters: { stop: 'x', max_tokens: 5 } });
  assert.ok(outcome.kind === 'refused');
  assert.deepEqual(
    outcome.problems.map(({ parameter }) => parameter),
    ['stop'],
  );
  assert.equal(notes.length, 1);
});

test('rules go by the base model', async () => {
  const { outcome, model } = await describeOne({
    names: ['azure/mine'],
    baseModel: 'gpt-5',
    parameters: { top_p: 0.5 },
  });
  assert.deepEqual([outcome.kind, model], ['refused', 'gpt-5']);
});

test('a parameter that bears the name of a part of the prompt is shown when it was asked for', async () => {
  const { outcome } = await describeOne({ ...BARE, parameters: { stream_options: { a: 1 } } });
  assert.deepEqual(outcome.kind === 'sent' && outcome.body, { stream_options: { a: 1 } });
});

describe('without anything being sent', () => {
  test('neither key, base URL, region nor project is needed', async () => {
    for (const [name, dialect, prefix] of [
      ['openai/gpt-4o', 'openai-chat', 'openai'],
      ['hosted_vllm/my-model', 'openai-chat', 'hosted_vllm'],
      ['azure/my-deployment', 'openai-chat', 'azure'],
      ['bedrock/us.anthropic.claude-opus-4-6-v1', 'bedrock-converse', 'bedrock'],
      ['vertex_ai/gemini-2.5-pro', 'gemini', 'vertex_ai'],
      ['predibase/m', 'tgi', 'predibase'],
      ['snowflake/m', 'openai-chat', 'snowflake'],
    ] as const) {
      const described = await describeOne({ names: [name] });
      assert.deepEqual([described.dialect, described.prefix, described.name], [dialect, prefix, name]);
    }
  });

  test('an endpoint is known by its host, or by nothing but its path', async () => {
    const host = await describeOne({
      endpoints: ['https://api.mistral.ai/v1'],
      models: ['x'],
      parameters: { seed: 1 },
    });
    assert.deepEqual([host.prefix, host.outcome.kind === 'sent' && host.outcome.body], ['mistral', { random_seed: 1 }]);
    const ollama = await describeOne({ endpoints: ['http://localhost:11434/api/chat'], models: ['m'] });
    assert.deepEqual([ollama.prefix, ollama.dialect], [undefined, 'ollama']);
  });

  test('whom nobody knows is refused', async () => {
    await assert.rejects(describeOne({ names: ['nobody-knows-this'] }), { code: 'PROVIDER_UNKNOWN' });
    await assert.rejects(describeOne({ names: ['oci/x'] }), { code: 'PROVIDER_UNSUPPORTED' });
    await assert.rejects(describeOne({ endpoints: ['localhost'], models: ['m'] }), { code: 'FLAG_INVALID' });
  });
});

describe('a configured provider', () => {
  const CONFIG = `[providers.mine]
model = "openai/gpt-5"
temperature = 0.2
max_tokens = 4000
max_output_tokens = 3000
skip_params = ["temperature"]
params = { seed = 7 }
`;

  test('brings its own parameters, limits and skips', async () => {
    using folder = makeFolder({ 'providers.toml': CONFIG });
    const config = join(folder.path, 'providers.toml');
    const { name, outcome } = await describeOne({ names: ['mine'], config });
    assert.equal(name, 'mine (openai/gpt-5)');
    assert.ok(outcome.kind === 'refused');
    assert.deepEqual(
      outcome.problems.map(({ parameter, reason }) => [parameter, reason]),
      [['max_tokens', 'this model writes at most 3000 tokens']],
    );
    const mended = await describeOne({ names: ['mine'], config, parameterMode: 'adjust' });
    assert.deepEqual(mended.outcome.kind === 'sent' && mended.outcome.body, { seed: 7, max_completion_tokens: 3_000 });
  });
});

test('a catalog file says what the model takes', async () => {
  const known = {
    id: 'new-model',
    temperature: false,
    reasoning: true,
    reasoning_options: [{ type: 'effort', values: ['low'] }],
    limit: { context: 1_000, output: 500 },
  };
  using folder = makeFolder({ 'api.json': JSON.stringify({ groq: { id: 'groq', models: { 'new-model': known } } }) });
  const file = join(folder.path, 'api.json');
  const parameters = { temperature: 0.5, max_tokens: 501, reasoning_effort: 'high' };
  const { outcome } = await describeOne({ names: ['groq/new-model'], catalogs: [file], parameters });
  assert.ok(outcome.kind === 'refused');
  assert.deepEqual(
    outcome.problems.map(({ rule }) => rule),
    ['catalog-temperature', 'catalog-max_tokens', 'catalog-reasoning_effort'],
  );
  assert.match(outcome.problems[0]?.source ?? '', /api\.json|models\.dev/);
  const unknown = await describeOne({ names: ['groq/another'], catalogs: [file], parameters });
  assert.equal(unknown.outcome.kind, 'sent');
});

const NOTHING: TargetOptions = {
  names: [],
  targets: [],
  providers: [],
  endpoints: [],
  models: [],
  config: undefined,
  apiKey: undefined,
  apiBase: undefined,
  dialect: undefined,
  region: undefined,
  project: undefined,
  apiVersion: undefined,
  baseModel: undefined,
  template: undefined,
  headers: {},
  parameters: {},
  parameterMode: 'strict',
  skipParameters: [],
  promptsHaveTools: false,
  prices: { inputUsd: undefined, outputUsd: undefined, cachedInputUsd: undefined },
  catalogs: [],
  providerRows: undefined,
};

const BARE = { endpoints: ['http://a.example/v1'], models: ['m'] };

async function describeAt(
  { dialect, prefix, model }: Pick<Row, 'dialect' | 'prefix' | 'model'>,
  parameters: JsonObject,
): Promise<ParameterDescription> {
  const where =
    prefix === undefined ? { endpoints: ['http://a.example'], models: [model] } : { names: [`${prefix}/${model}`] };
  return describeOne({ ...where, dialect, parameters });
}

async function describeOne(options: Partial<TargetOptions>): Promise<ParameterDescription> {
  const described = await describeParameters(
    { ...NOTHING, ...options },
    {
      environment: () => undefined,
      config: undefined,
      userConfig: '/nowhere/providers.toml',
      clock: createClock(takeOrigin()),
      isRehearsal: true,
      countingThreadUrl: new URL('file:///nowhere'),
    },
  );
  assert.equal(described.length, 1);
  return described[0] as ParameterDescription;
}

function makeFolder(files: Readonly<Record<string, string>>): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
