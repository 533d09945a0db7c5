import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as encodeO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { createRandom } from '../../random.ts';
import type { TokenCodec, Tokenizer } from '../tokenizer.ts';
import { openTiktoken } from './tiktoken-tokenizer.ts';

const o200k = await openTiktoken('o200k_base');
const cl100k = await openTiktoken('cl100k_base');

function codecOf(tokenizer: Tokenizer): TokenCodec {
  assert.ok(tokenizer.codec !== undefined);
  return tokenizer.codec;
}

/** What Python's tiktoken 0.14.0 says (`encode_ordinary`): o200k_base, then cl100k_base. */
const RECORDED: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['Hello, world!', [13225, 11, 2375, 0], [9906, 11, 1917, 0]],
  ["I'M don't", [40, 95346, 4128], [40, 28703, 1541, 956]],
  ['<|endoftext|>', [27, 91, 419, 1440, 919, 91, 29], [27, 91, 8862, 728, 428, 91, 29]],
  ['a\r\n\r\n  b', [64, 1414, 220, 287], [64, 881, 220, 293]],
  ['naïve café', [1503, 9954, 737, 30469], [3458, 38672, 588, 53050]],
  ['한국어', [114854, 5959], [24486, 89059, 255, 32179]],
  [
    '👨‍👩‍👧',
    [28823, 101, 2524, 28823, 102, 2524, 28823, 100],
    [9468, 239, 101, 378, 235, 9468, 239, 102, 378, 235, 9468, 239, 100],
  ],
  ['\0', [188], [188]],
  // White space to Unicode, but not to \s in JavaScript; and the other way round.
  [' \u0085x', [220, 126, 227, 87], [220, 126, 227, 87]],
  ['\ufeff\ufeffa', [135153, 64], [3305, 3305, 64]],
  ['  \ufeff x', [220, 71280, 1215], [220, 76880, 865]],
  ['\ufeffconst', [5574, 1671], [3305, 1040]],
  // The long s is an s where case does not count.
  ["it'\u017f", [278, 6, 70067], [275, 6, 129, 123]],
  ['', [], []],
];

for (const [text, ofO200k, ofCl100k] of RECORDED) {
  test(`${JSON.stringify(text)} has the tokens that tiktoken gives it`, () => {
    assert.deepEqual(codecOf(o200k).encode(text), ofO200k);
    assert.deepEqual(codecOf(cl100k).encode(text), ofCl100k);
    assert.equal(o200k.count(text), ofO200k.length);
    assert.equal(cl100k.count(text), ofCl100k.length);
  });
}

const FRAGMENTS = [
  ...["'s", "'T", "'re", "'VE", "'ll", "'d", ' ', '  ', '\t', '\r\n', '\n', '\r', '\u00a0', '\u3000', '\u2028'],
  ...['a', 'B', 'hello', 'World', 'ing', 'McDonald', 'HTTPServer', '1', '12345', 'Ⅷ', '½', '中', '文字', '한국', 'ㄱ'],
  ...['ﷺ', 'مرحبا', 'é', 'e\u0301', '\u0301', '👨‍👩‍👧', '😀', '🇩🇪', '<|endoftext|>', '<|im_start|>', '\0', '!', '...'],
  ...['/', '//', '_', '-', 'ǅ', 'ʰ', 'ß', 'İ', 'Ω', 'привет', 'नमस्ते', 'ไทย', '\u200d', '\u{20000}', '€', '{}', '"'],
  ...['    return x;', '\u2019s', '\ud800', 'x\udc00', '```ts\n', '://'],
] as const;

function* randomTexts(seed: number): Generator<string> {
  const random = createRandom(seed, 'texts');
  const below = (limit: number): number => Math.floor(random.next() * limit);
  for (let n = 0; n < 3_000; n++) {
    yield Array.from({ length: 1 + below(12) }, () => FRAGMENTS[below(FRAGMENTS.length)]).join('');
  }
  for (let n = 0; n < 2_000; n++) {
    const codes = Array.from({ length: 1 + below(16) }, () => (below(4) > 0 ? below(0x3000) : below(0x110000)));
    yield String.fromCodePoint(...codes);
  }
}

/** gpt-tokenizer takes U+FEFF for white space, U+0085 not, and the long s for no s; see `RECORDED`. */
const ITS_OWN_WAYS = /[\u0085\ufeff\u017f]/;

test('thousands of random texts have the tokens that gpt-tokenizer gives them, and decode to themselves', () => {
  const options = { disallowedSpecial: new Set<string>() };
  for (const text of randomTexts(1)) {
    if (ITS_OWN_WAYS.test(text)) continue;
    const ids = codecOf(o200k).encode(text);
    assert.deepEqual(ids, encodeO200k(text, options), JSON.stringify(text));
    assert.deepEqual(codecOf(cl100k).encode(text), encodeCl100k(text, options), JSON.stringify(text));
    assert.equal(o200k.count(text), ids.length);
    assert.equal(codecOf(o200k).decode(ids), text.toWellFormed());
  }
});

test('decoding joins bytes before it reads them, and keeps a byte order mark', () => {
  const { encode, decode } = codecOf(cl100k);
  const ids = encode('👨');
  assert.deepEqual(ids, [9468, 239, 101]);
  assert.equal(decode(ids), '👨');
  assert.equal(decode(ids.slice(0, 1)), '\ufffd');
  assert.equal(decode(encode('\ufeffa')), '\ufeffa');
  assert.equal(decode([]), '');
});

test('an id that stands for no ordinary token is refused', () => {
  assert.throws(() => codecOf(o200k).decode([200_000]), {
    name: 'RangeError',
    message: 'o200k_base has no token 200000',
  });
  assert.throws(() => codecOf(cl100k).decode([-1]), RangeError);
});

function randomLetters(length: number, first: number, count: number): string {
  const random = createRandom(3, 'letters');
  return Array.from({ length }, () => String.fromCharCode(first + Math.floor(random.next() * count))).join('');
}

// Minutes, were each merge to search the whole piece. The counts are those of Python's tiktoken.
test('a long text without any cut is counted at once', { timeout: 30_000 }, () => {
  const han = randomLetters(50_000, 0x4e00, 20_000);
  assert.equal(o200k.count('a'.repeat(50_000)), 6_250);
  assert.equal(o200k.count(' '.repeat(50_000)), 392);
  assert.equal(o200k.count(han), 94_896);
  assert.equal(cl100k.count(han), 116_531);
  assert.equal(o200k.count(randomLetters(50_000, 0x61, 26)), 25_938);
});
