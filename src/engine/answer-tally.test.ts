import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from '../dialects/dialect.ts';
import type { StreamPart } from '../model/stream-part.ts';
import type { Usage } from '../model/usage.ts';
import { AnswerTally } from './answer-tally.ts';

const ROLE: StreamPart = { type: 'role' };
const DONE: StreamPart = { type: 'done' };
const STOP: StreamPart = { type: 'finish', reason: 'stop', raw: 'stop' };
const content = (text: string): StreamPart => ({ type: 'content', text });
const reasoning = (text: string): StreamPart => ({ type: 'reasoning', text });
const finish = (reason: 'error' | 'content_filter' | 'length'): StreamPart => ({ type: 'finish', reason, raw: reason });

function usage(counts: Partial<Usage>): StreamPart {
  const nothing = {
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    inputTokens: undefined,
    cachedInputTokens: undefined,
    outputTokens: undefined,
    raw: undefined,
  };
  return { type: 'usage', usage: { ...nothing, reasoningTokens: undefined, ...counts } };
}

/** A streamed answer from frames with the time of their read. */
function tallyOf(frames: readonly (readonly [number, ...Frame])[]): AnswerTally {
  const tally = new AnswerTally();
  for (const [atMs, ...frame] of frames) tally.add(frame, atMs, true);
  return tally;
}

const NO_INSTANTS = {
  firstChunkAtMs: undefined,
  firstTokenAtMs: undefined,
  firstOutputAtMs: undefined,
  lastTokenAtMs: undefined,
  toolNameAtMs: undefined,
  toolArgumentsAtMs: undefined,
};

test('a first chunk with only a role is a chunk, but no token', () => {
  const tally = tallyOf([
    [10, ROLE],
    [30, content('Hi')],
    [40, content(' you')],
  ]);
  assert.deepEqual(tally.instants(), {
    ...NO_INSTANTS,
    firstChunkAtMs: 10,
    firstTokenAtMs: 30,
    firstOutputAtMs: 30,
    lastTokenAtMs: 40,
  });
  assert.deepEqual(
    tally.events().map(({ atMs, bytes }) => [atMs, bytes]),
    [
      [30, 2],
      [40, 4],
    ],
  );
});

test('text in the very first chunk is a token: what counts is the payload, not the place', () => {
  const tally = tallyOf([[10, ROLE, content('Hi')]]);
  assert.equal(tally.firstTokenAtMs, 10);
  assert.equal(tally.instants().firstOutputAtMs, 10);
});

test('reasoning is the first token, but only what follows it is output', () => {
  const tally = tallyOf([
    [10, reasoning('Hm')],
    [20, reasoning('…')],
    [50, content('Yes')],
  ]);
  const { firstTokenAtMs, firstOutputAtMs, lastTokenAtMs } = tally.instants();
  assert.deepEqual([firstTokenAtMs, firstOutputAtMs, lastTokenAtMs], [10, 50, 50]);
  assert.deepEqual(
    tally.events().map(({ kind, bytes }) => [kind, bytes]),
    [
      ['reasoning', 2],
      ['reasoning', 3], // One character, three bytes in UTF-8.
      ['content', 3],
    ],
  );
});

test('an answer of reasoning alone has a first token and no first output', () => {
  const tally = tallyOf([
    [10, reasoning('Hm')],
    [20, STOP],
  ]);
  assert.equal(tally.instants().firstTokenAtMs, 10);
  assert.equal(tally.instants().firstOutputAtMs, undefined);
});

test('a frame with several kinds is one event, named for the first and as long as all', () => {
  const [event] = tallyOf([[10, reasoning('ab'), content('cde'), { type: 'token-count', tokens: 3 }]]).events();
  assert.deepEqual(event, { atMs: 10, kind: 'reasoning', tokens: 3, bytes: 5, isCoalesced: false });
});

test('all events of one read are marked coalesced, the first of them too, and no others', () => {
  const tally = tallyOf([
    [10, content('a')],
    [20, content('b')],
    [20, content('c')],
    [20, content('d')],
    [30, content('e')],
  ]);
  assert.deepEqual(
    tally.events().map(({ isCoalesced }) => isCoalesced),
    [false, true, true, true, false],
  );
});

test('frames without output between two tokens of one read do not part them, and coalesce nothing themselves', () => {
  const tally = tallyOf([
    [10, ROLE],
    [10, content('a')],
    [20, content('b')],
    [20, { type: 'keep-alive' }],
    [20, usage({ outputTokens: 3 })],
    [20, content('c')],
  ]);
  assert.deepEqual(
    tally.events().map(({ isCoalesced }) => isCoalesced),
    [false, true, true],
  );
});

test('what comes after the terminal marker is ignored', () => {
  const tally = tallyOf([
    [10, content('a')],
    [20, STOP],
    [30, DONE],
    [40, content('late')],
    [40, { type: 'error', message: 'too late', code: undefined }],
    [40, finish('length')],
  ]);
  assert.equal(tally.doneAtMs, 30);
  assert.equal(tally.finishReason, 'stop');
  assert.equal(tally.events().length, 1);
  assert.equal(tally.trouble(), undefined);
});

test('a tool call has the time of its name and of its last arguments', () => {
  const tally = tallyOf([
    [10, { type: 'tool-name', call: 0, id: 'c1', name: 'weather' }],
    [20, { type: 'tool-arguments', call: 0, text: '{"ci' }],
    [30, { type: 'tool-arguments', call: 0, text: 'ty":1}' }],
    [40, { type: 'tool-name', call: 1, id: 'c2', name: 'time' }],
  ]);
  assert.deepEqual(tally.instants(), {
    firstChunkAtMs: 10,
    firstTokenAtMs: 10,
    firstOutputAtMs: 10,
    lastTokenAtMs: 40,
    toolNameAtMs: 10,
    toolArgumentsAtMs: 30,
  });
  assert.deepEqual(
    tally.events().map(({ kind, bytes }) => [kind, bytes]),
    [
      ['tool-name', 7],
      ['tool-arguments', 4],
      ['tool-arguments', 6],
      ['tool-name', 4],
    ],
  );
});

test('an answer that is not streamed leaves no instants and no events, but its end, usage and text', () => {
  const tally = new AnswerTally();
  tally.add([ROLE, content('Hi'), STOP, usage({ outputTokens: 2 }), DONE], 80, false);
  assert.deepEqual(tally.instants(), NO_INSTANTS);
  assert.deepEqual(tally.events(), []);
  assert.equal(tally.doneAtMs, 80);
  assert.equal(tally.usage.outputTokens, 2);
  assert.equal(tally.answerText(), 'Hi');
  assert.equal(tally.trouble(), undefined);
});

test('the text is what the model says and calls, with its reasoning apart', () => {
  const frames = [
    [10, reasoning('Hm')],
    [20, content('Let me see. ')],
    [30, { type: 'tool-name', call: 0, id: undefined, name: 'look' }],
    [40, { type: 'tool-arguments', call: 0, text: '{}' }],
    [50, { type: 'refusal', text: ' No.' }],
  ] as const;
  assert.equal(tallyOf(frames).answerText(), 'Let me see. look{} No.');
  assert.equal(tallyOf(frames).reasoningText(), 'Hm');
});

for (const [what, frame, expected] of [
  ['nothing is said', [content('a')], true],
  ['both are reported', [content('a'), usage({ inputTokens: 3, outputTokens: 1 })], false],
  ['only input is reported', [content('a'), usage({ inputTokens: 3 })], true],
  ['only output is reported', [content('a'), usage({ outputTokens: 1 })], true],
  [
    'input is reported, and output event by event',
    [content('a'), { type: 'token-count', tokens: 1 }, usage({ inputTokens: 3 })],
    false,
  ],
  ['input is reported, and nothing came', [usage({ inputTokens: 3 })], true],
] as const) {
  test(`when ${what} counts ${expected ? 'are lacking' : 'are there'}`, () => {
    assert.equal(tallyOf([[10, ...frame]]).lacksCounts(), expected);
  });
}

test('comments are counted as signs of life, and the last usage and model count', () => {
  const tally = tallyOf([
    [5, { type: 'keep-alive' }],
    [6, { type: 'keep-alive' }],
    [10, { type: 'model', model: 'a-2025' }, usage({ outputTokens: 1 }), content('x')],
    [20, usage({ outputTokens: 7, inputTokens: 3 })],
  ]);
  assert.equal(tally.keepAlives, 2);
  assert.equal(tally.model, 'a-2025');
  assert.deepEqual([tally.usage.inputTokens, tally.usage.outputTokens], [3, 7]);
  assert.equal(tally.instants().firstChunkAtMs, 5);
});

for (const [what, frames, kind] of [
  [
    'tokens, a finish reason and the marker',
    [
      [1, content('a')],
      [2, STOP],
      [3, DONE],
    ],
    undefined,
  ],
  [
    'a finish reason without the marker',
    [
      [1, content('a')],
      [2, STOP],
    ],
    undefined,
  ],
  [
    'the marker without a finish reason',
    [
      [1, content('a')],
      [2, DONE],
    ],
    undefined,
  ],
  [
    'a limit of tokens that was reached',
    [
      [1, content('a')],
      [2, finish('length')],
    ],
    undefined,
  ],
  ['neither marker nor finish reason', [[1, content('a')]], 'truncated'],
  ['nothing at all', [], 'truncated'],
  [
    'only a role, then the end',
    [
      [1, ROLE],
      [2, STOP],
      [3, DONE],
    ],
    'empty-output',
  ],
  ['only the marker', [[1, DONE]], 'empty-output'],
  [
    'hidden reasoning that usage tells of',
    [
      [1, STOP],
      [2, usage({ reasoningTokens: 40 })],
      [3, DONE],
    ],
    undefined,
  ],
  [
    'usage that tells of no reasoning',
    [
      [1, STOP],
      [2, usage({ reasoningTokens: 0 })],
      [3, DONE],
    ],
    'empty-output',
  ],
  [
    'a content filter',
    [
      [1, content('a')],
      [2, finish('content_filter')],
      [3, DONE],
    ],
    'content-filter',
  ],
  [
    'a content filter before any token',
    [
      [1, finish('content_filter')],
      [3, DONE],
    ],
    'content-filter',
  ],
  [
    'a finish reason of error',
    [
      [1, content('a')],
      [2, finish('error')],
      [3, DONE],
    ],
    'stream-error',
  ],
  [
    'an error event',
    [
      [1, content('a')],
      [2, { type: 'error', message: 'm', code: 'c' }],
      [3, DONE],
    ],
    'stream-error',
  ],
  [
    'a frame that cannot be read',
    [
      [1, { type: 'malformed', message: 'm' }],
      [2, STOP],
      [3, DONE],
    ],
    'malformed',
  ],
] as const) {
  test(`an answer with ${what} is ${kind ?? 'whole'}`, () => {
    assert.equal(tallyOf(frames as readonly (readonly [number, ...Frame])[]).trouble()?.kind, kind);
  });
}

test('of several troubles the first is named, in the words of the server', () => {
  const tally = tallyOf([
    [1, { type: 'error', message: 'overloaded', code: 'busy' }],
    [2, { type: 'malformed', message: 'not JSON' }],
    [3, { type: 'error', message: 'again', code: undefined }],
  ]);
  assert.deepEqual(tally.trouble(), { kind: 'stream-error', message: 'overloaded', code: 'busy' });
});
