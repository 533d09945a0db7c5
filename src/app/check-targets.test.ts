import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import { AppError } from '../errors.ts';
import type { RestTemplate } from '../model/rest-template.ts';
import { DIALECT_IDS, type DialectId, EMPTY_PROFILE } from '../model/target.ts';
import type { ToolChoice } from '../model/tool.ts';
import type { WorkloadItem } from '../model/workload.ts';
import { checkTargets } from './check-targets.ts';

const PLAIN: WorkloadItem = {
  index: 0,
  name: undefined,
  messages: [{ role: 'user', content: 'hi' }],
  maxTokens: undefined,
  tools: undefined,
  toolChoice: undefined,
};
const TEMPLATE: RestTemplate = {
  method: 'POST',
  body: { prompt: '{{prompt}}' },
  framing: 'json',
  paths: {
    text: 'text',
    reasoning: undefined,
    finish: undefined,
    inputTokens: undefined,
    outputTokens: undefined,
    error: undefined,
  },
  doneMarker: undefined,
};
const TOOLS = [{ name: 'f', description: undefined, parameters: undefined }];
const WITH_TOOLS: WorkloadItem = { ...PLAIN, index: 1, tools: TOOLS };
const WITH_CALLS: WorkloadItem = {
  ...PLAIN,
  name: 'history',
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'f', arguments: '{}' }] },
    { role: 'tool', callId: '1', name: 'f', content: 'ok' },
  ],
};

async function refusalOf(dialect: DialectId, item: WorkloadItem, url?: string): Promise<string | undefined> {
  const profile = { ...EMPTY_PROFILE, template: TEMPLATE };
  const target = buildTarget({ dialect, model: 'm', profile, ...(url === undefined ? {} : { url }) });
  try {
    await checkTargets(buildPlan({ targets: [target] }), [PLAIN, item]);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof AppError);
    assert.equal(error.code, 'TOOLS_UNSUPPORTED');
    return error.message;
  }
}

/** The families that take tools; what they understand of a choice. */
const CHOICES: Readonly<Partial<Record<DialectId, readonly string[]>>> = {
  'openai-chat': ['auto', 'none', 'required', 'named'],
  'openai-responses': ['auto', 'none', 'required', 'named'],
  'anthropic-messages': ['auto', 'none', 'required', 'named'],
  gemini: ['auto', 'none', 'required', 'named'],
  ollama: ['auto'],
  cohere: ['auto', 'none', 'required'],
  'bedrock-converse': ['auto', 'required', 'named'],
  'bedrock-invoke': ['auto', 'none', 'required', 'named'],
  'sagemaker-chat': ['auto', 'none', 'required', 'named'],
  watsonx: ['auto', 'none', 'required', 'named'],
};

describe('prompts with tools', () => {
  for (const dialect of DIALECT_IDS) {
    const choices = CHOICES[dialect];
    test(`are ${choices === undefined ? 'refused' : 'taken'} by ${dialect}`, async () => {
      const expected = choices === undefined ? `${dialect} has no tools, but prompt 2 wants them of m` : undefined;
      assert.equal(await refusalOf(dialect, WITH_TOOLS), expected);
      assert.equal((await refusalOf(dialect, WITH_CALLS)) === undefined, choices !== undefined, 'calls in the history');
      assert.equal(await refusalOf(dialect, PLAIN), undefined);
    });

    if (choices === undefined) continue;
    test(`leave ${dialect} the choices ${choices.join(', ')}`, async () => {
      const given: readonly ToolChoice[] = ['auto', 'none', 'required', { name: 'f' }];
      const taken: string[] = [];
      for (const toolChoice of given) {
        const refusal = await refusalOf(dialect, { ...WITH_TOOLS, toolChoice });
        if (refusal === undefined) taken.push(typeof toolChoice === 'string' ? toolChoice : 'named');
      }
      assert.deepEqual(taken, choices);
    });
  }

  test('are refused by the route of a family that takes none', async () => {
    const refusal = await refusalOf('ollama', WITH_CALLS, 'http://h/api/generate');
    assert.equal(refusal, 'ollama has no tools, but history wants them of m');
    assert.notEqual(await refusalOf('watsonx', WITH_TOOLS, 'http://h/ml/v1/text/generation_stream'), undefined);
  });

  test('say which choice is not understood', async () => {
    const refusal = await refusalOf('cohere', { ...WITH_TOOLS, toolChoice: { name: 'f' } });
    assert.equal(refusal, 'cohere has no tool_choice that names a tool, but prompt 2 wants it of m');
    assert.equal(
      await refusalOf('ollama', { ...WITH_TOOLS, toolChoice: 'none' }),
      'ollama has no tool_choice "none", but prompt 2 wants it of m',
    );
  });
});
