import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParameterMode } from '../model/parameters.ts';
import type { JsonObject } from '../model/units.ts';
import {
  type AppliedParameters,
  applyParameters,
  type ParameterCapabilities,
  type ParameterTarget,
  requestedOf,
} from './apply-parameters.ts';

const GPT_5 = { prefix: 'openai', dialect: 'openai-chat', model: 'gpt-5' };
const GPT_4O = { prefix: 'openai', dialect: 'openai-chat', model: 'gpt-4o' };
const CLAUDE = { prefix: 'anthropic', dialect: 'anthropic-messages', model: 'claude-sonnet-4-5' };
const GEMINI = { prefix: 'gemini', dialect: 'gemini', model: 'gemini-2.5-flash' };
const BARE = { prefix: undefined, dialect: 'openai-chat', model: 'qwen' };

const SAYS_NOTHING: ParameterCapabilities = {
  acceptsTemperature: undefined,
  reasons: undefined,
  efforts: undefined,
  callsTools: undefined,
  maxOutputTokens: undefined,
  source: 'api.json of 2026-11-01',
};

describe('an adjustment', () => {
  test('of a name says both names', () => {
    assert.deepEqual(adjustmentsOf(GPT_5, { max_tokens: 2_000 }), [
      {
        parameter: 'max_tokens',
        action: 'rename',
        from: 2_000,
        to: 2_000,
        sentAs: 'max_completion_tokens',
        reason: 'its name in this API',
        source: 'llm-bench',
      },
    ]);
  });

  test('of a spelling says both values', () => {
    const [adjustment] = adjustmentsOf(GEMINI, { stop: 'END' });
    assert.deepEqual(adjustment && [adjustment.from, adjustment.to, adjustment.sentAs], [
      'END',
      ['END'],
      'stopSequences',
    ]);
  });

  test('into a range and under another name is one', () => {
    const adjustments = adjustmentsOf(GEMINI, { n: 9 }, 'adjust');
    assert.deepEqual(
      adjustments.map(({ action, from, to, sentAs }) => [action, from, to, sentAs]),
      [['clamp', 9, 8, 'candidateCount']],
    );
  });

  test('of a parameter that is left out says neither name nor value', () => {
    const [adjustment] = adjustmentsOf(GPT_5, { temperature: 0.3 }, 'adjust');
    assert.deepEqual(adjustment && { ...adjustment, reason: '', source: '' }, {
      parameter: 'temperature',
      action: 'drop',
      from: 0.3,
      to: undefined,
      sentAs: undefined,
      reason: '',
      source: '',
    });
    assert.match(adjustment?.source ?? '', /^OpenAI, .+https:\/\/platform\.openai\.com/);
  });

  test('that happened in two steps gives both reasons, once each', () => {
    const [adjustment] = adjustmentsOf(GPT_5, { temperature: 3 }, 'adjust');
    assert.equal(adjustment?.reason, 'must be 0 to 2 for OpenAI; OpenAI’s reasoning models take no temperature but 1');
  });

  test('of an effort into a budget names the place of the budget', () => {
    const [effort, limit] = adjustmentsOf(CLAUDE, { reasoning_effort: 'high' }, 'adjust');
    assert.deepEqual([effort?.action, effort?.to, effort?.sentAs], ['set', 4_096, 'thinking.budget_tokens']);
    assert.deepEqual([limit?.parameter, limit?.action, limit?.from, limit?.to], ['max_tokens', 'set', null, 5_120]);
  });

  test('is not made of what goes out as it was written', () => {
    assert.deepEqual(adjustmentsOf(GPT_4O, { temperature: 0.5, seed: 3, whatever: { a: 1 } }), []);
  });
});

describe('a problem', () => {
  test('names rule, reason, source and way out', () => {
    const applied = apply({ ...GPT_5, model: 'gpt-5.1' }, { temperature: 0.2 });
    assert.deepEqual(applied.kind === 'refused' && applied.problems, [
      {
        parameter: 'temperature',
        value: 0.2,
        rule: 'openai-reasoning-on-temperature',
        reason: 'this model takes a temperature only with reasoning off',
        source:
          'OpenAI, GPT-5.1 parameter compatibility, https://platform.openai.com/docs/guides/latest-model#gpt-5-1-parameter-compatibility',
        wayOut: '--param reasoning_effort=none lets it through',
        isVerified: true,
      },
    ]);
  });

  test('of a range says the range', () => {
    const [problem] = problemsOf(CLAUDE, { temperature: 1.5 });
    assert.deepEqual(
      [problem?.reason, problem?.wayOut],
      ['must be 0 to 1 for Anthropic', 'give 0 to 1, or leave it out'],
    );
  });

  test('is one per parameter, in the order of the request', () => {
    const names = problemsOf(GPT_5, { top_k: 3, top_p: 3, temperature: 9 }).map(({ parameter }) => parameter);
    assert.deepEqual(names, ['top_k', 'top_p', 'temperature']);
  });

  test('says when nobody has looked it up', () => {
    const [problem] = problemsOf({ ...BARE, prefix: 'perplexity' }, { tools: [] });
    assert.deepEqual([problem?.isVerified, problem?.source], [false, 'not looked up']);
  });

  test('bears the name that the user wrote', () => {
    const [problem] = problemsOf(CLAUDE, { thinking: { type: 'enabled', budget_tokens: 9 }, max_tokens: 4_000 });
    assert.equal(problem?.parameter, 'thinking');
  });
});

describe('a note', () => {
  test('warns of a small limit while a model reasons', () => {
    assert.match(notesOf(GPT_5, { max_tokens: 128 })[0] ?? '', /^max_tokens: the limit counts reasoning too/);
    assert.deepEqual(notesOf(GPT_5, { max_tokens: 1_000 }), []);
    assert.deepEqual(notesOf({ ...GPT_5, model: 'gpt-5.1' }, { max_tokens: 128, reasoning_effort: 'none' }), []);
  });

  test('says what Anthropic is sent when no limit was given', () => {
    assert.match(notesOf(CLAUDE, {}).join(), /requires max_tokens: 1024 is sent/);
    assert.deepEqual(notesOf(CLAUDE, { max_tokens: 1_024 }), []);
  });

  test('says what a provider ignores in silence', () => {
    const deepseek = { ...BARE, prefix: 'deepseek', model: 'deepseek-v4-pro' };
    assert.match(notesOf(deepseek, { temperature: 0.5 }).join(), /without effect while DeepSeek thinks/);
    assert.deepEqual(notesOf(deepseek, { temperature: 0.5, reasoning_effort: 'none' }), []);
    assert.deepEqual(notesOf(deepseek, { temperature: 0.5, thinking: { type: 'disabled' } }), []);
  });

  test('is not kept of a value that was mended', () => {
    assert.deepEqual(notesOf({ ...GEMINI, model: 'gemini-3-flash' }, { temperature: 0.2 }, 'adjust'), []);
    assert.equal(notesOf({ ...GEMINI, model: 'gemini-3-flash' }, { temperature: 0.2 }).length, 1);
  });

  test('is not kept of a parameter that is left out in the end', () => {
    const opus = { ...CLAUDE, model: 'claude-opus-4-6' };
    assert.match(
      notesOf(opus, { thinking_budget: 2_000, max_tokens: 4_000 }, 'adjust').join(),
      /deprecated on Claude 4\.6/,
    );
    assert.deepEqual(notesOf(opus, { thinking_budget: 2_000, max_tokens: 500 }, 'adjust'), []);
  });

  test('says in pass what strict would refuse', () => {
    assert.match(notesOf(GPT_5, { temperature: 0.2 }, 'pass').join(), /strict run would refuse it: OpenAI’s reasoning/);
  });
});

describe('skip_params', () => {
  for (const mode of ['strict', 'adjust', 'pass'] as const) {
    test(`win in ${mode}, and are listed`, () => {
      const applied = apply(GPT_5, { temperature: 0.3, seed: 1 }, { mode, skipParams: ['temperature'] });
      assert.ok(applied.kind === 'ok');
      assert.deepEqual([applied.parameters.temperature, applied.parameters.extra], [undefined, { seed: 1 }]);
      assert.deepEqual(
        applied.adjustments.map(({ parameter, action, reason }) => [parameter, action, reason]),
        [['temperature', 'drop', 'skip_params of this model']],
      );
    });
  }

  test('go by every name of a parameter', () => {
    for (const skipped of ['max_tokens', 'max_completion_tokens', 'maxOutputTokens']) {
      const applied = apply(GEMINI, { max_tokens: 2_000 }, { skipParams: [skipped] });
      assert.equal(applied.kind === 'ok' && applied.parameters.maxTokens, undefined, skipped);
    }
    for (const typed of ['top_p', 'topP']) {
      const applied = apply(GEMINI, { [typed]: 0.5 }, { skipParams: ['top_p'] });
      assert.deepEqual(applied.kind === 'ok' && applied.parameters.extra, {}, typed);
    }
  });

  test('hold for what is passed through, and for what a rule would bring', () => {
    const applied = apply(
      CLAUDE,
      { thinking_budget: 2_000, cache_control: {} },
      { mode: 'adjust', skipParams: ['max_tokens', 'cache_control'] },
    );
    // Without max_tokens 1024 is sent, and no budget is smaller than that.
    assert.ok(applied.kind === 'ok');
    assert.deepEqual(applied.parameters.extra, {});
    assert.equal(applied.parameters.maxTokens, undefined);
  });

  test('take a conflict with them', () => {
    const applied = apply(CLAUDE, { temperature: 0.5, top_p: 0.5 }, { skipParams: ['temperature'] });
    assert.deepEqual(applied.kind === 'ok' && applied.parameters.extra, { top_p: 0.5 });
  });
});

describe('a catalog file of the user’s', () => {
  const says = (some: Partial<ParameterCapabilities>): ParameterCapabilities => ({ ...SAYS_NOTHING, ...some });

  test('that says nothing changes nothing', () => {
    assert.deepEqual(problemsOf(GPT_5, { temperature: 0.2 }, SAYS_NOTHING).length, 1);
    assert.deepEqual(problemsOf(BARE, { temperature: 0.2, max_tokens: 9 }, SAYS_NOTHING), []);
  });

  test('forbids a temperature where we know of nothing', () => {
    const [problem] = problemsOf(BARE, { temperature: 0.2 }, says({ acceptsTemperature: false }));
    assert.deepEqual([problem?.rule, problem?.source], ['catalog-temperature', 'api.json of 2026-11-01']);
  });

  test('allows a temperature that our rules would refuse', () => {
    assert.deepEqual(problemsOf(GPT_5, { temperature: 0.2 }, says({ acceptsTemperature: true })), []);
    const opus = { ...CLAUDE, model: 'claude-opus-9' };
    assert.deepEqual(problemsOf(opus, { temperature: 0.2 }, says({ acceptsTemperature: true })), []);
  });

  test('leaves it to a rule that knows when', () => {
    const target = { ...GPT_5, model: 'gpt-5.1' };
    const never = says({ acceptsTemperature: false });
    assert.deepEqual(problemsOf(target, { temperature: 0.2, reasoning_effort: 'none' }, never), []);
    assert.equal(problemsOf(target, { temperature: 0.2 }, never).length, 1);
  });

  test('knows the efforts better', () => {
    const efforts = says({ efforts: ['low', 'ultra'] });
    assert.deepEqual(problemsOf(GPT_5, { reasoning_effort: 'ultra' }, efforts), []);
    assert.equal(problemsOf(GPT_5, { reasoning_effort: 'high' }, efforts)[0]?.rule, 'catalog-reasoning_effort');
    assert.equal(problemsOf(GPT_5, { reasoning_effort: 'none' }, efforts).length, 1);
    const sonnet = { ...CLAUDE, model: 'claude-sonnet-5' };
    assert.deepEqual(problemsOf(sonnet, { reasoning_effort: 'none' }, efforts), []);
  });

  test('knows that a model does not reason, and calls no tools', () => {
    assert.equal(problemsOf(BARE, { reasoning_effort: 'low' }, says({ reasons: false })).length, 1);
    assert.equal(problemsOf(BARE, { tools: [] }, says({ callsTools: false })).length, 1);
    assert.deepEqual(
      problemsOf({ ...GPT_4O, model: 'gpt-4-next' }, { reasoning_effort: 'low' }, says({ reasons: true })),
      [],
    );
  });

  test('knows the limit of output better', () => {
    assert.equal(problemsOf(BARE, { max_tokens: 101 }, says({ maxOutputTokens: 100 })).length, 1);
    assert.deepEqual(problemsOf(GPT_4O, { max_tokens: 20_000 }, says({ maxOutputTokens: 32_000 })), []);
  });
});

describe('the name of the length limit', () => {
  test('is told by the catalog where no rule knows better', () => {
    const name = (target: Partial<ParameterTarget>, requested: JsonObject): string | undefined => {
      const applied = apply({ ...BARE, ...target }, requested);
      return applied.kind === 'ok' ? applied.parameters.maxTokensName : 'refused';
    };
    assert.equal(
      name({ prefix: 'mine', maxTokensName: 'max_completion_tokens' }, { max_tokens: 5 }),
      'max_completion_tokens',
    );
    assert.equal(
      name({ prefix: 'mine', maxTokensName: 'max_new_tokens' }, { max_completion_tokens: 5 }),
      'max_new_tokens',
    );
    assert.equal(
      name({ prefix: 'azure', model: 'gpt-5', maxTokensName: 'max_tokens' }, { max_tokens: 5 }),
      'max_completion_tokens',
    );
  });

  test('is there for prompts that bring their own limit', () => {
    const applied = apply(GPT_5, {});
    assert.equal(applied.kind === 'ok' && applied.parameters.maxTokensName, 'max_completion_tokens');
  });
});

test('an object of the API’s own is laid over what our names put there', () => {
  const applied = apply(
    { ...GEMINI, model: 'gemini-3-flash' },
    { reasoning_effort: 'low', thinkingConfig: { includeThoughts: true } },
  );
  assert.deepEqual(applied.kind === 'ok' && applied.parameters.extra, {
    thinkingConfig: { thinkingLevel: 'LOW', includeThoughts: true },
  });
});

test('what LiteLLM calls thinking is a budget, and keeps its other members', () => {
  const applied = apply(CLAUDE, {
    thinking: { type: 'enabled', budget_tokens: 2_000, display: 'omitted' },
    max_tokens: 4_000,
  });
  assert.deepEqual(applied.kind === 'ok' && applied.parameters.extra, {
    thinking: { type: 'enabled', budget_tokens: 2_000, display: 'omitted' },
  });
});

test('what was asked for in the API’s own words counts in conflicts', () => {
  assert.equal(problemsOf(CLAUDE, { temperature: 0.5, thinking: { type: 'adaptive' } }).length, 1);
});

test('what is passed through as null is not given', () => {
  const groq = { ...BARE, prefix: 'groq' };
  assert.deepEqual(problemsOf(groq, { include_reasoning: true, reasoning_format: null }), []);
  assert.equal(problemsOf(groq, { include_reasoning: true, reasoning_format: 'parsed' }).length, 1);
});

test('a budget says what kind of thinking goes with an effort', () => {
  const applied = apply(
    { ...CLAUDE, model: 'claude-opus-4-6' },
    { reasoning_effort: 'low', thinking_budget: 2_000, max_tokens: 4_000 },
  );
  assert.deepEqual(applied.kind === 'ok' && applied.parameters.extra, {
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    output_config: { effort: 'low' },
  });
});

test('adjusting goes on until one change asks for no other', () => {
  // The limit is cut to what the model can write, and then the budget to what is below the limit.
  const applied = apply(
    { ...CLAUDE, model: 'claude-opus-4-5' },
    { thinking_budget: 100_000, max_tokens: 200_000 },
    { mode: 'adjust' },
  );
  assert.ok(applied.kind === 'ok');
  assert.equal(applied.parameters.maxTokens, 64_000);
  assert.deepEqual(applied.parameters.extra, { thinking: { type: 'enabled', budget_tokens: 63_999 } });
});

test('tools that prompts bring count as tools', () => {
  const withTools = (requested: JsonObject, model: string): AppliedParameters =>
    applyParameters({
      target: { ...GPT_4O, model, maxTokensName: undefined, capabilities: undefined },
      requested,
      skipParams: [],
      mode: 'strict',
      promptsHaveTools: true,
    });
  assert.equal(withTools({ parallel_tool_calls: false }, 'gpt-4o').kind, 'ok');
  assert.equal(problemsOf(GPT_4O, { parallel_tool_calls: false }).length, 1);
  assert.match(withTools({}, 'gpt-5.6').notes[0]?.text ?? '', /no function tools while the model reasons/);
  assert.deepEqual(withTools({ reasoning_effort: 'none' }, 'gpt-5.6').notes, []);
});

test('a plan’s parameters are asked for by the names that users write', () => {
  const parameters = { temperature: 0, maxTokens: 5, maxTokensName: undefined, extra: { top_p: 1 } };
  assert.deepEqual(requestedOf(parameters), { temperature: 0, max_tokens: 5, top_p: 1 });
  const empty = { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} };
  assert.deepEqual(requestedOf(empty), {});
});

interface Options {
  readonly mode?: ParameterMode;
  readonly skipParams?: readonly string[];
  readonly capabilities?: ParameterCapabilities;
}

function apply(
  target: Pick<ParameterTarget, 'prefix' | 'dialect' | 'model'> & Partial<ParameterTarget>,
  requested: JsonObject,
  { mode = 'strict', skipParams = [], capabilities }: Options = {},
): AppliedParameters {
  return applyParameters({
    target: { maxTokensName: undefined, capabilities, ...target },
    requested,
    skipParams,
    mode,
  });
}

type Where = Parameters<typeof apply>[0];

function adjustmentsOf(
  target: Where,
  requested: JsonObject,
  mode: ParameterMode = 'strict',
): Extract<AppliedParameters, { kind: 'ok' }>['adjustments'] {
  const applied = apply(target, requested, { mode });
  assert.ok(applied.kind === 'ok');
  return applied.adjustments;
}

function problemsOf(
  target: Where,
  requested: JsonObject,
  capabilities?: ParameterCapabilities,
): Extract<AppliedParameters, { kind: 'refused' }>['problems'] {
  const applied = apply(target, requested, capabilities === undefined ? {} : { capabilities });
  return applied.kind === 'refused' ? applied.problems : [];
}

function notesOf(target: Where, requested: JsonObject, mode: ParameterMode = 'strict'): readonly string[] {
  return apply(target, requested, { mode }).notes.map(({ parameter, text }) => `${parameter}: ${text}`);
}
