import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../model/units.ts';
import { findUsage } from './usage.ts';

describe('usage', () => {
  const rows: readonly (readonly [what: string, block: JsonObject, counts: readonly (number | undefined)[]])[] = [
    [
      'adds thoughts to output and results of tools to input',
      {
        promptTokenCount: 100,
        toolUsePromptTokenCount: 20,
        cachedContentTokenCount: 60,
        candidatesTokenCount: 7,
        thoughtsTokenCount: 30,
        totalTokenCount: 157,
      },
      [120, 60, 37, 30],
    ],
    ['does without thoughts', { promptTokenCount: 9, candidatesTokenCount: 2 }, [9, undefined, 2, undefined]],
    ['does with thoughts alone', { promptTokenCount: 9, thoughtsTokenCount: 5 }, [9, undefined, 5, 5]],
    ['does not know the output yet', { promptTokenCount: 9, totalTokenCount: 9 }, [9, undefined, undefined, undefined]],
    ['keeps a zero', { promptTokenCount: 0, candidatesTokenCount: 0 }, [0, undefined, 0, undefined]],
    [
      'leaves out what is no count',
      { promptTokenCount: 1.5, candidatesTokenCount: 2 },
      [undefined, undefined, 2, undefined],
    ],
  ];
  for (const [what, block, counts] of rows) {
    test(what, () => {
      const usage = findUsage({ usageMetadata: block });
      assert.deepEqual(
        [usage?.inputTokens, usage?.cachedInputTokens, usage?.outputTokens, usage?.reasoningTokens],
        counts,
      );
      assert.equal(usage?.raw, block);
    });
  }

  for (const block of [undefined, null, [], {}, { trafficType: 'ON_DEMAND' }, { totalTokenCount: 3 }]) {
    test(`is not there in ${JSON.stringify(block)}`, () =>
      assert.equal(findUsage({ usageMetadata: block }), undefined));
  }
});
