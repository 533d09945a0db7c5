import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../errors.ts';
import {
  type FlagReader,
  readCount,
  readCountFromZero,
  readDuration,
  readHeader,
  readLimit,
  readNumber,
  readObjectives,
  readParameter,
  readRate,
  readRunId,
} from './values.ts';

/** The message of the refusal, which always names the flag. */
function refusal(read: FlagReader<unknown>, text: string): string {
  try {
    read(text, '--flag');
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, 'FLAG_INVALID');
    assert.equal(error.hint, 'see llm-bench run --help');
    assert.ok(error.message.startsWith('--flag: '));
    return error.message.slice('--flag: '.length);
  }
  throw new assert.AssertionError({ message: `"${text}" was taken` });
}

for (const [text, durationMs] of [
  ['30', 30_000], // Bare numbers are seconds.
  ['30s', 30_000],
  ['0.5', 500],
  ['500ms', 500],
  ['0.25ms', 0.25],
  ['2m', 120_000], // 2 × 60 000
  ['1.5m', 90_000],
  ['1h', 3_600_000], // 3600 × 1000
  [' 5 s ', 5_000],
  ['0', 0],
] as const) {
  test(`the duration ${text} is ${durationMs} ms`, () => assert.equal(readDuration(text, '--flag'), durationMs));
}

for (const text of ['', ' ', 's', '-1', '1d', '1m30s', '.5', '1e3', '5 sec', 'NaN', 'Infinity', '1,5', '0x10']) {
  test(`"${text}" is no duration`, () => {
    assert.equal(refusal(readDuration, text), `"${text}" is not a duration; write 30, 30s, 500ms or 2m`);
  });
}

test('a limit is a duration above 0', () => {
  assert.equal(readLimit('1ms', '--flag'), 1);
  assert.equal(refusal(readLimit, '0s'), 'must be above 0');
  assert.match(refusal(readLimit, 'soon'), /is not a duration/);
});

test('a count is a whole number from 1', () => {
  assert.equal(readCount('1', '--flag'), 1);
  assert.equal(readCount('007', '--flag'), 7);
  assert.equal(readCount('999999999', '--flag'), 999_999_999);
  for (const text of ['0', '-1', '1.5', '', ' 1', '1e3', '1_000', '0x2', '9999999999', 'many']) {
    assert.equal(refusal(readCount, text), `"${text}" is not a whole number from 1`);
  }
});

test('a count from zero is one too, and seeds may have fifteen digits', () => {
  assert.equal(readCountFromZero('0', '--flag'), 0);
  assert.equal(readCountFromZero('999999999999999', '--flag'), 999_999_999_999_999);
  for (const text of ['-1', '0.5', '', ' ', '1e3', '9999999999999999']) {
    assert.equal(refusal(readCountFromZero, text), `"${text}" is not a whole number from 0`);
  }
});

test('a rate is a number above 0, fractions included', () => {
  for (const [text, rate] of [
    ['40', 40],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['1e3', 1_000],
  ] as const) {
    assert.equal(readRate(text, '--flag'), rate);
  }
  for (const text of ['0', '-1', '', ' ', 'fast', 'Infinity', 'NaN', '1/s']) {
    assert.equal(refusal(readRate, text), `"${text}" is not a number above 0`);
  }
});

test('a number may be 0, but neither negative nor endless', () => {
  assert.equal(readNumber('0', '--flag'), 0);
  assert.equal(readNumber('0.7', '--flag'), 0.7);
  for (const text of ['-0.1', '', 'warm', 'Infinity']) {
    assert.equal(refusal(readNumber, text), `"${text}" is not a number from 0`);
  }
});

test('a run is named by up to 64 letters, digits, dots, dashes and underscores', () => {
  const longest = 'a'.repeat(64);
  for (const text of ['r1', 'nightly-2026.01.01_a', longest]) assert.equal(readRunId(text, '--flag'), text);
  for (const text of ['', 'a b', 'a/b', 'é', `${longest}a`, 'a\n'])
    assert.match(refusal(readRunId, text), /is not a name/);
});

for (const [text, key, value] of [
  ['top_p=0.9', 'top_p', 0.9],
  ['stream_options={"include_usage":false}', 'stream_options', { include_usage: false }],
  ['stop=["a","b"]', 'stop', ['a', 'b']],
  ['logprobs=true', 'logprobs', true],
  ['user=null', 'user', null],
  ['user=me', 'user', 'me'],
  ['user="42"', 'user', '42'],
  ['equation=a=b', 'equation', 'a=b'],
  ['empty=', 'empty', ''],
  ['text=two\nlines', 'text', 'two\nlines'],
] as const) {
  test(`--param ${JSON.stringify(text)} is ${key} with ${JSON.stringify(value)}`, () => {
    assert.deepEqual(readParameter(text, '--flag'), [key, value]);
  });
}

for (const text of ['top_p', '=3', '', 'a b=3']) {
  test(`"${text}" is no parameter`, () => assert.equal(refusal(readParameter, text), `"${text}" is not key=value`));
}

for (const [text, name, value] of [
  ['X-Team: blue', 'x-team', 'blue'],
  ['x-team:blue', 'x-team', 'blue'],
  ['x-team: \t blue ', 'x-team', 'blue'],
  ['x-empty:', 'x-empty', ''],
  ['Authorization: Basic a:b', 'authorization', 'Basic a:b'],
  ['x-name: Grüße', 'x-name', 'Grüße'], // Latin-1 is allowed in a value.
] as const) {
  test(`--header "${text}" is ${name}`, () => assert.deepEqual(readHeader(text, '--flag'), [name, value]));
}

const SECRET = 'sk-very-secret';

for (const [text, problem] of [
  [`x-key ${SECRET}`, 'a header is written "name: value"'],
  [`x key: ${SECRET}`, 'a header is written "name: value"'],
  [`: ${SECRET}`, 'a header is written "name: value"'],
  [`Bearer ${SECRET}: x`, 'a header is written "name: value"'],
  [`x-key: ${SECRET}\r\nx-other: 1`, 'the value of x-key holds a character that no header may'],
  [`x-key: ${SECRET}\n`, 'the value of x-key holds a character that no header may'],
  [`x-key: ${SECRET}€`, 'the value of x-key holds a character that no header may'],
  [`x-key: ${SECRET}\0`, 'the value of x-key holds a character that no header may'],
  [`Host: ${SECRET}`, 'Host is set by llm-bench itself'],
  [`content-length: ${SECRET}`, 'content-length is set by llm-bench itself'],
  [`Connection: ${SECRET}`, 'Connection is set by llm-bench itself'],
  [`transfer-encoding: ${SECRET}`, 'transfer-encoding is set by llm-bench itself'],
] as const) {
  test(`the header ${JSON.stringify(text)} is refused without a word of its value`, () => {
    assert.equal(refusal(readHeader, text), problem);
  });
}

for (const [text, objectives] of [
  ['ttft<=500ms', [{ metric: 'ttft', max: 500 }]],
  ['ttft<500ms', [{ metric: 'ttft', max: 500 }]],
  ['TTFT ≤ 1.5s', [{ metric: 'ttft', max: 1_500 }]],
  ['e2e<=2s', [{ metric: 'e2e', max: 2_000 }]],
  [
    'ttft<=500ms, tpot<=50ms,stall<=1s,ttfo<=2s',
    [
      { metric: 'ttft', max: 500 },
      { metric: 'tpot', max: 50 },
      { metric: 'stall', max: 1_000 },
      { metric: 'ttfo', max: 2_000 },
    ],
  ],
] as const) {
  test(`--slo "${text}" limits ${objectives.map(({ metric }) => metric).join(', ')}`, () => {
    assert.deepEqual(readObjectives(text, '--flag'), objectives);
  });
}

for (const [text, problem] of [
  ['', '"" is not an objective like ttft<=500ms; metrics: ttft, ttfo, tpot, e2e, stall'],
  ['ttft', '"ttft" is not an objective like ttft<=500ms; metrics: ttft, ttfo, tpot, e2e, stall'],
  ['itl<=5ms', '"itl<=5ms" is not an objective like ttft<=500ms; metrics: ttft, ttfo, tpot, e2e, stall'],
  ['ttft>=5ms', '"ttft>=5ms" is not an objective like ttft<=500ms; metrics: ttft, ttfo, tpot, e2e, stall'],
  ['ttft<=1s,', '"" is not an objective like ttft<=500ms; metrics: ttft, ttfo, tpot, e2e, stall'],
  ['ttft<=fast', '"fast" is not a duration; write 30, 30s, 500ms or 2m'],
  ['ttft<=0ms', 'must be above 0'],
  ['ttft<=500', '"ttft<=500" has no unit; write 500ms or 500s'],
] as const) {
  test(`"${text}" is no objective`, () => assert.equal(refusal(readObjectives, text), problem));
}
