import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerTimings } from '../model/server-timings.ts';
import type { Fields } from './json.ts';
import { findServerTimings } from './openai-server-timings.ts';
import { MS_PER_NANOSECOND, serverTimings } from './server-timings.ts';

describe('what a server says of its own time', () => {
  test('is in milliseconds, without what multiplying adds', () => {
    // 0.00306479 s × 1000 is 3.0647900000000003 in floating point.
    assert.deepEqual(serverTimings({ queue: 0.00306479, total: 0.34409451484680176 }, 1_000), [
      { type: 'server-timings', timings: { queue: 3.06479, total: 344.094515 } },
    ]);
    assert.deepEqual(serverTimings({ load: 5_191_566_416, decode: 1 }, MS_PER_NANOSECOND), [
      { type: 'server-timings', timings: { load: 5_191.566416, decode: 0.000001 } },
    ]);
  });

  test('keeps a time of nothing', () => {
    assert.deepEqual(serverTimings({ queue: 0 }, 1), [{ type: 'server-timings', timings: { queue: 0 } }]);
  });

  for (const value of [undefined, null, '0.5', -1, Number.NaN, Number.POSITIVE_INFINITY, {}]) {
    test(`is nothing when it is ${String(value)}`, () => assert.deepEqual(serverTimings({ total: value }, 1), []));
  }
});

describe('the times in a chunk of OpenAI’s shape', () => {
  const usage = { prompt_tokens: 45, completion_tokens: 2, total_tokens: 47 };
  const groq = { ...usage, queue_time: 0.25, prompt_time: 0.004, completion_time: 0.5, total_time: 0.504 };
  const rows: readonly (readonly [whose: string, chunk: Fields, timings: ServerTimings | undefined])[] = [
    ['Groq within usage', { choices: [], usage: groq }, { queue: 250, prompt: 4, decode: 500, total: 504 }],
    ['Groq under x_groq', { x_groq: { usage: groq } }, { queue: 250, prompt: 4, decode: 500, total: 504 }],
    [
      'Cerebras beside usage',
      {
        usage,
        time_info: {
          created: 1767225600.2,
          queue_time: 0.003,
          prompt_time: 0.0125,
          completion_time: 0.22,
          total_time: 0.344,
        },
      },
      { queue: 3, prompt: 12.5, decode: 220, total: 344 },
    ],
    ['llama.cpp', { timings: { prompt_n: 9, prompt_ms: 21.4, predicted_ms: 40.1 } }, { prompt: 21.4, decode: 40.1 }],
    ['others, that say none', { choices: [], usage }, undefined],
    ['others without usage', { choices: [] }, undefined],
    ['something else of that name', { time_info: [1], timings: 'fast' }, undefined],
  ];
  for (const [whose, chunk, timings] of rows) {
    test(`of ${whose}`, () => {
      assert.deepEqual(findServerTimings(chunk), timings === undefined ? [] : [{ type: 'server-timings', timings }]);
    });
  }
});
