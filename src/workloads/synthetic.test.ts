import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  LengthLaw,
  PromptRecipe,
  SyntheticPrompts,
  TracedPrompts,
  WordPool,
  WorkloadItems,
} from '../model/recipe.ts';
import { createRandom } from '../random.ts';
import { ESTIMATE } from '../tokenizers/estimate/estimate-tokenizer.ts';
import { openTiktoken } from '../tokenizers/tiktoken/tiktoken-tokenizer.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { freshened, openPrompts, sampleOf } from './supply.ts';
import { createTextMaker } from './text-maker.ts';
import { findWordPool } from './word-pool.ts';

async function poolOf(tokenizer: Tokenizer): Promise<WordPool> {
  return findWordPool(
    async (texts) => ({ tokenizer, counts: texts.map((text) => tokenizer.count(text)) }),
    tokenizer.isApproximate,
  );
}

const o200k = await openTiktoken('o200k_base');
const cl100k = await openTiktoken('cl100k_base');
const [O200K, CL100K, ROUGH] = [await poolOf(o200k), await poolOf(cl100k), await poolOf(ESTIMATE)];

const exactly = (tokens: number): LengthLaw => ({ law: { kind: 'constant', tokens }, min: 1, max: undefined });

function synthetic(overrides: Partial<SyntheticPrompts> = {}): SyntheticPrompts {
  return {
    kind: 'synthetic',
    input: exactly(64),
    output: undefined,
    prompts: undefined,
    prefix: undefined,
    turns: undefined,
    ...overrides,
  };
}

function recipeOf(prompts: PromptRecipe['prompts'], overrides: Partial<PromptRecipe> = {}): PromptRecipe {
  return {
    prompts,
    seed: 1,
    salt: 99,
    isRepeatable: false,
    pools: [O200K, CL100K],
    poolOf: [0, 1],
    tiers: [],
    ...overrides,
  };
}

const textOf = (drawn: { readonly item: { readonly messages: readonly { readonly content: string }[] } }): string =>
  drawn.item.messages[0]?.content ?? '';

for (const [tokenizer, pool] of [
  [o200k, O200K],
  [cl100k, CL100K],
] as const) {
  describe(`texts for ${tokenizer.name}`, () => {
    test('are exact to the token at every length', () => {
      assert.equal(pool.isExact, true);
      const maker = createTextMaker(pool);
      const random = createRandom(5, 'text');
      const lengths = [...Array.from({ length: 60 }, (_, index) => index + 1), 100, 1_023, 1_024, 8_192, 70_000];
      for (const tokens of lengths) {
        assert.equal(tokenizer.count(maker.write(tokens, random).slice(1)), tokens);
        assert.equal(tokenizer.count(maker.writeOpen(tokens, random).slice(1)), tokens);
      }
    });

    test('read like text: words, and sentences that end', () => {
      const text = createTextMaker(pool).write(300, createRandom(5, 'text'));
      assert.match(text, /^( [a-z]+|\.)+\.$/);
      assert.ok(text.split('.').length > 20);
      assert.doesNotMatch(text, /\.\./);
    });
  });
}

test('a shorter open text of equal chance is the beginning of a longer one', () => {
  const maker = createTextMaker(O200K);
  const long = maker.writeOpen(500, createRandom(1, 'prefix/0'));
  for (const tokens of [1, 5, 12, 13, 14, 100, 499]) {
    assert.ok(long.startsWith(maker.writeOpen(tokens, createRandom(1, 'prefix/0'))), `${tokens}`);
  }
});

test('ten thousand texts begin with sixteen words that no other begins with', () => {
  const maker = createTextMaker(O200K);
  const random = createRandom(3, 'text');
  const starts = Array.from({ length: 10_000 }, () => maker.write(16, random).split(' ').slice(1, 9).join(' '));
  assert.equal(new Set(starts).size, 10_000);
});

test('where no word is one token, lengths are about right and said to be so', () => {
  assert.deepEqual([ROUGH.isExact, ROUGH.isApproximate], [false, true]);
  const text = createTextMaker(ROUGH).write(1_000, createRandom(1, 'text'));
  assert.ok(Math.abs(ESTIMATE.count(text) - 1_000) < 60, `${ESTIMATE.count(text)}`);
});

describe('synthetic prompts', () => {
  test('have the same lengths for every target, each by its own tokenizer', () => {
    const input: LengthLaw = { law: { kind: 'normal', mean: 100, deviation: 30 }, min: 1, max: undefined };
    const recipe = recipeOf(synthetic({ input, output: { ...input, max: 90 } }));
    const [first, second] = [sampleOf(recipe, 0, 50), sampleOf(recipe, 1, 50)];
    assert.deepEqual(
      first.map(({ asked }) => asked),
      second.map(({ asked }) => asked),
    );
    for (const [tokenizer, prompts] of [
      [o200k, first],
      [cl100k, second],
    ] as const) {
      for (const drawn of prompts) {
        assert.equal(tokenizer.count(textOf(drawn)), drawn.asked.inputTokens);
        assert.equal(drawn.item.maxTokens, drawn.asked.outputTokens);
      }
    }
    assert.ok(new Set(first.map(({ asked }) => asked.inputTokens)).size > 20);
  });

  test('are the same for a seed as they are, and new each time where the cache is to be cold', () => {
    const supply = openPrompts(recipeOf(synthetic()), 0);
    assert.equal(textOf(supply.draw(7, undefined)), textOf(supply.draw(7, undefined)));
    assert.notEqual(textOf(supply.draw(7, undefined)), textOf(supply.draw(8, undefined)));
    const fresh = createRandom(11, 'prefix');
    const texts = Array.from({ length: 1_000 }, () => textOf(supply.draw(7, fresh)).split(' ').slice(0, 8).join(' '));
    assert.equal(new Set(texts).size, 1_000);
  });

  test('half of the tokens is one of four prefixes, whatever the length', () => {
    const input: LengthLaw = { law: { kind: 'uniform', from: 100, to: 200 }, min: 1, max: undefined };
    const supply = openPrompts(recipeOf(synthetic({ input, prefix: { ratio: 0.5, count: 4 } })), 0);
    const fresh = createRandom(11, 'prefix');
    const byStart = Map.groupBy(
      Array.from({ length: 400 }, (_, place) => supply.draw(place, fresh)),
      (drawn) => textOf(drawn).split(' ').slice(0, 8).join(' '),
    );
    assert.equal(byStart.size, 4);
    for (const group of byStart.values()) {
      // A quarter of 400 each; the standard deviation is 8.7, four of them 35.
      assert.ok(Math.abs(group.length - 100) < 35, `${group.length}`);
      const [longest] = group.toSorted((a, b) => (b.asked.inputTokens ?? 0) - (a.asked.inputTokens ?? 0));
      assert.ok(longest);
      for (const drawn of group) {
        const tokens = drawn.asked.inputTokens ?? 0;
        assert.equal(o200k.count(textOf(drawn)), tokens);
        if (drawn === longest) continue;
        const common = commonTokens(textOf(drawn), textOf(longest));
        // Rounded half; what follows may agree by chance, but not for long.
        assert.ok(common >= Math.round(tokens / 2) && common <= Math.round(tokens / 2) + 3, `${common} of ${tokens}`);
      }
    }
  });

  test('with a cold cache another run has other prefixes, else the same', () => {
    const recipe = recipeOf(synthetic({ prefix: { ratio: 1, count: 1 } }));
    const text = (items: WorkloadItems): string => textOf(openPrompts(items, 0).draw(0, undefined));
    assert.notEqual(text(freshened(recipe, 'cold')), text(recipe));
    assert.equal(text(freshened(recipe, 'natural')), text(recipe));
    assert.equal(text(freshened(recipe, 'warm')), text(recipe));
  });

  test('a share of 1 leaves nothing of its own', () => {
    const supply = openPrompts(recipeOf(synthetic({ prefix: { ratio: 1, count: 1 } })), 0);
    assert.equal(textOf(supply.draw(0, createRandom(1, 'a'))), textOf(supply.draw(5, createRandom(2, 'b'))));
  });

  test('conversations have later turns of the same law', () => {
    const turns: LengthLaw = { law: { kind: 'uniform', from: 2, to: 4 }, min: 1, max: undefined };
    const drawn = sampleOf(recipeOf(synthetic({ turns, output: exactly(9) })), 0, 60);
    assert.deepEqual([...new Set(drawn.map(({ laterTurns }) => laterTurns.length))].sort(), [1, 2, 3]);
    for (const { content, inputTokens, maxTokens } of drawn.flatMap(({ laterTurns }) => laterTurns)) {
      assert.deepEqual([o200k.count(content), inputTokens, maxTokens], [64, 64, 9]);
    }
  });

  test('a million of them take no memory of their own', () => {
    const supply = openPrompts(recipeOf(synthetic()), 0);
    assert.equal(supply.count, Number.POSITIVE_INFINITY);
    assert.equal(o200k.count(textOf(supply.draw(999_999, undefined))), 64);
    assert.ok(JSON.stringify(recipeOf(synthetic())).length < 20_000);
  });
});

function commonTokens(a: string, b: string): number {
  const [first = [], second = []] = [o200k.codec?.encode(a), o200k.codec?.encode(b)];
  const differs = first.findIndex((token, place) => token !== second[place]);
  return differs < 0 ? first.length : differs;
}

describe('context tiers', () => {
  test('each prompt is sent with each of them, exact and never with the same filler', () => {
    const recipe = recipeOf(synthetic(), { tiers: [[0, 100, 1_000], [0]] });
    const supply = openPrompts(recipe, 0);
    const drawn = Array.from({ length: 6 }, (_, place) => supply.draw(place, undefined));
    assert.deepEqual(
      drawn.map(({ item, asked }) => [item.name, asked.contextTokens, asked.inputTokens]),
      [
        ['0 context', 0, 64],
        ['100 context', 100, 164],
        ['1k context', 1_000, 1_064],
        ['0 context', 0, 64],
        ['100 context', 100, 164],
        ['1k context', 1_000, 1_064],
      ],
    );
    for (const one of drawn) assert.equal(o200k.count(textOf(one)), one.asked.inputTokens);
    // The prompt stands at the end of each, and what stands before it is new in every call.
    const [bare, ...filled] = drawn.slice(0, 3).map(textOf);
    assert.ok(bare !== undefined && filled.every((text) => text.endsWith(` ${bare}`)));
    assert.notEqual(textOf(supply.draw(1, undefined)), textOf(supply.draw(1, undefined)));
    assert.equal(openPrompts(recipe, 1).draw(1, undefined).asked.contextTokens, 0);
  });

  test('with a warm cache a prompt has the same filler again', () => {
    const supply = openPrompts(recipeOf(synthetic(), { tiers: [[100]], isRepeatable: true }), 0);
    assert.equal(textOf(supply.draw(1, undefined)), textOf(supply.draw(1, undefined)));
    assert.notEqual(textOf(supply.draw(1, undefined)), textOf(supply.draw(2, undefined)));
  });

  test('filler goes into the first message of a given chat, before what it says', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ] as const;
    const item = { index: 0, name: 'chat', messages, maxTokens: undefined, tools: undefined, toolChoice: undefined };
    const listed = {
      kind: 'listed',
      prompts: [{ item, inputTokens: undefined, laterTurns: [] }],
      isConversation: false,
    } as const;
    const drawn = openPrompts(recipeOf(listed, { tiers: [[50]] }), 0).draw(0, createRandom(1, 'a'));
    assert.match(textOf(drawn), /^[a-z][^[]*\.\n\nBe brief\.$/);
    assert.deepEqual(drawn.item.messages[1], messages[1]);
    assert.deepEqual([drawn.item.name, drawn.asked.contextTokens], ['chat, 50 context', 50]);
  });
});

test('a trace gives texts of its lengths, alike where its blocks are', () => {
  const trace: TracedPrompts = {
    kind: 'trace',
    arrivesAtMs: Float64Array.of(0, 10, 20),
    inputTokens: Uint32Array.of(1_100, 1_300, 700),
    outputTokens: Uint32Array.of(5, 0, 7),
    blocks: Uint32Array.of(0, 1, 2, 0, 1, 3),
    blockEnds: Uint32Array.of(3, 6, 6),
    blockTokens: 512,
    texts: { 2: 'Given' },
  };
  const drawn = sampleOf(recipeOf(trace), 0, 9);
  assert.equal(drawn.length, 3);
  const [first, second, third] = drawn;
  assert.ok(first && second && third);
  assert.equal(o200k.count(textOf(first)), 1_100);
  assert.equal(o200k.count(textOf(second)), 1_300);
  const common = commonTokens(textOf(first), textOf(second));
  assert.ok(common >= 1_024 && common < 1_028, `${common}`);
  assert.deepEqual(
    drawn.map(({ item, asked }) => [item.maxTokens, asked.inputTokens, asked.outputTokens]),
    [
      [5, 1_100, 5],
      [undefined, 1_300, undefined],
      [7, undefined, 7],
    ],
  );
  assert.equal(textOf(third), 'Given');
});
