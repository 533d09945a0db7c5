import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FlagValues, parseSimulatorFlags, SIMULATOR_FLAGS, SimulatorFlagError } from './flags.ts';
import { DEFAULT_OPTIONS } from './options.ts';

test('without flags the defaults hold', () => {
  assert.deepEqual(parseSimulatorFlags({}), DEFAULT_OPTIONS);
});

test('the default values shown in help are the defaults', () => {
  const values: Record<string, string> = {};
  for (const { flags, defaultValue } of SIMULATOR_FLAGS) {
    const name = flags.split(' ')[0]?.slice(2) ?? '';
    if (defaultValue !== undefined) values[name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())] = defaultValue;
  }
  assert.deepEqual(parseSimulatorFlags(values), DEFAULT_OPTIONS);
});

test('every flag arrives in its option', () => {
  const options = parseSimulatorFlags({
    host: '0.0.0.0',
    port: '0',
    apiKey: 'k',
    speaks: 'ollama, gemini',
    models: 'a, b',
    seed: '9',
    maxConcurrency: '2',
    maxQueue: '0',
    silentAt: '2s',
    silentFor: '500',
    truth: 'truth.jsonl',
    truthBodies: true,
    ttft: 'uniform:1..2',
    tokenDelay: 'lognormal:5,0.5',
    tokens: '7',
    tokensPerChunk: '3',
    reasoningTokens: '4',
    hiddenReasoningTokens: '5',
    reasoningField: 'reasoning',
    answer: 'tool-call',
    firstChunk: 'none',
    roleDelay: '5ms',
    usage: 'every',
    inputTokens: '100',
    cachedTokens: '6',
    cacheWriteTokens: '7',
    cumulativeText: true,
    framing: 'crlf,comments',
    coalesce: '8',
    retryAfter: '2.5',
    slowEnd: '1m',
    modelAnswered: 'other',
    streamOptions: false,
    ignoreStream: true,
    fault: ['429:0.25', 'reset@3,7', 'stall:0.75'],
  });
  assert.deepEqual(options, {
    host: '0.0.0.0',
    port: 0,
    apiKey: 'k',
    speaks: ['ollama', 'gemini'],
    models: ['a', 'b'],
    seed: 9,
    maxConcurrency: 2,
    maxQueue: 0,
    silence: { atMs: 2000, forMs: 500 },
    truthFile: 'truth.jsonl',
    keepBodies: true,
    keepTruth: false,
    ttft: { kind: 'uniform', min: 1, max: 2 },
    tokenDelay: { kind: 'lognormal', median: 5, sigma: 0.5 },
    tokens: { kind: 'fixed', value: 7 },
    tokensPerChunk: 3,
    reasoningTokens: 4,
    hiddenReasoningTokens: 5,
    reasoningField: 'reasoning',
    answer: 'tool-call',
    firstChunk: 'none',
    roleDelayMs: 5,
    usage: 'every',
    inputTokens: 100,
    cachedTokens: 6,
    cacheWriteTokens: 7,
    cumulativeText: true,
    framing: ['crlf', 'comments'],
    coalesce: 8,
    retryAfterSeconds: 2.5,
    slowEndMs: 60_000,
    modelAnswered: 'other',
    acceptsStreamOptions: false,
    ignoresStream: true,
    faults: [
      { kind: '429', rate: 0.25 },
      { kind: 'reset', requests: [3, 7] },
      { kind: 'stall', rate: 0.75 },
    ],
  });
});

const BAD_VALUES: readonly (readonly [FlagValues, RegExp])[] = [
  [{ ttft: 'abc' }, /^--ttft: "abc" is not a distribution; use 50, uniform:20\.\.80 or lognormal:50,0\.4$/],
  [{ tokenDelay: '' }, /^--token-delay: "" is not a distribution/],
  [{ port: '70000' }, /^--port: "70000" is not a port/],
  [{ maxConcurrency: '0' }, /^--max-concurrency: "0" is not a whole number from 1$/],
  [{ tokensPerChunk: '1.5' }, /^--tokens-per-chunk: "1.5" is not a whole number/],
  [{ silentAt: '2s' }, /^--silent-at: needs --silent-for too$/],
  [{ silentFor: '2s' }, /^--silent-for: needs --silent-at too$/],
  [{ silentAt: '2h', silentFor: '1s' }, /^--silent-at: "2h" is not a duration/],
  [{ usage: 'sometimes' }, /^--usage: "sometimes" is unknown; use own, finish, every, none$/],
  [{ framing: 'crlf,what' }, /^--framing: "what" is unknown; use lf, crlf/],
  [{ speaks: 'ollama,klingon' }, /^--speaks: "klingon" is unknown; use openai-chat, /],
  [{ models: 'a,,b' }, /^--models: "a,,b" has an empty name/],
  [{ fault: ['nonsense:0.1'] }, /^--fault: "nonsense" is unknown; use 400, 401/],
  [{ fault: ['429:2'] }, /^--fault: "429:2" has a rate above 1/],
  [{ fault: ['reset@0'] }, /^--fault: "0" is not a whole number from 1$/],
  [{ fault: ['429:0.7', '500:0.7'] }, /^--fault: the rates add up to 1.4; together they may reach at most 1$/],
];

test('a bad value is one line that names the flag and what to write', () => {
  for (const [values, message] of BAD_VALUES) {
    assert.throws(
      () => parseSimulatorFlags(values),
      (error) => error instanceof SimulatorFlagError && message.test(error.message),
      JSON.stringify(values),
    );
  }
});
