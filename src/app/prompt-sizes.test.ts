import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan } from '../../test/support/record-builder.ts';
import type { LengthLaw, PromptRecipe } from '../model/recipe.ts';
import { estimateTarget } from './estimate-plan.ts';
import { bodiesOf, sizesOf } from './prompt-sizes.ts';

const exactly = (tokens: number): LengthLaw => ({ law: { kind: 'constant', tokens }, min: 1, max: undefined });
const WORDS = ['one', 'two', 'three', 'four'];

/** Three turns of 20 tokens, each answered by up to 9. */
const RECIPE: PromptRecipe = {
  prompts: {
    kind: 'synthetic',
    input: exactly(20),
    output: exactly(9),
    prompts: undefined,
    prefix: undefined,
    turns: exactly(3),
  },
  seed: 1,
  salt: 1,
  isRepeatable: false,
  pools: [
    {
      ...{ tokenizer: 'o200k_base', isExact: true, isApproximate: false, tokensPerWord: 1 },
      ...{ determiners: WORDS, adjectives: WORDS, nouns: WORDS, verbs: WORDS, prepositions: WORDS },
    },
  ],
  poolOf: [0],
  tiers: [],
};

test('each turn of a conversation is as long as all that was said before it', async () => {
  const plan = buildPlan({ stop: { requests: 2, durationMs: undefined } });
  const sizes = await sizesOf({ plan, targetIndex: 0, items: RECIPE });
  assert.deepEqual(
    sizes.map(({ inputTokens, outputTokens, maxTokens }) => [inputTokens, outputTokens, maxTokens]),
    // Two conversations: 20, then 20 + 9 + 20, then 49 + 9 + 20; 4 more for each message of the user's.
    [1, 2].flatMap(() => [
      [24, 9, 9],
      [57, 9, 9],
      [90, 9, 9],
    ]),
  );
  const bytes = bodiesOf({ plan, targetIndex: 0, items: RECIPE }).map(({ bodyBytes }) => bodyBytes);
  assert.ok((bytes[0] ?? 0) < (bytes[1] ?? 0) && (bytes[1] ?? 0) < (bytes[2] ?? 0));
});

test('lengths that were asked for win over what another run saw', async () => {
  const plan = buildPlan({ stop: { requests: 6, durationMs: undefined } });
  const prompts = await sizesOf({ plan, targetIndex: 0, items: RECIPE });
  const [target] = plan.targets;
  assert.ok(target);
  const experience = { runId: 'r', inputTokens: 5_000, outputTokens: 700, e2eMs: 100 };
  const { inputTokens, outputTokens, assumptions } = estimateTarget({ plan, target, prompts, experience });
  // The mean of 24, 57 and 90 is 57.
  assert.deepEqual([inputTokens.expected, outputTokens.expected], [6 * 57, 6 * 9]);
  assert.deepEqual(assumptions, ['answers as long as they were asked to be']);
});
