import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Tokenizer as Library } from '@huggingface/tokenizers';
import { createRandom } from '../../random.ts';
import { type Ranks, readRanks } from '../tiktoken/ranks.ts';
import { CL100K_PIECES } from '../tiktoken/split.ts';
import { createTiktoken } from '../tiktoken/tiktoken-tokenizer.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { openHuggingFace } from './huggingface-tokenizer.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-tokenizers-'));
after(() => rmSync(folder, { recursive: true }));

const NOTHING_ELSE = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, added_tokens: [] };

function fileOf(name: string, content: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

/** Each byte as the printable character that byte-level vocabularies write for it. */
const CHARACTER_OF_BYTE: readonly string[] = (() => {
  const isPrintable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const inCharacters = (bytes: string): string =>
  Array.from(bytes, (byte) => CHARACTER_OF_BYTE[byte.charCodeAt(0)]).join('');

const VOCABULARY_SIZE = 2_000;

/** The first tokens of cl100k_base. */
async function firstRanks(): Promise<Ranks> {
  const { bytesOf, longestTokenBytes } = await readRanks('cl100k_base');
  const first = bytesOf.slice(0, VOCABULARY_SIZE);
  return { bytesOf: first, byBytes: new Map(first.map((bytes, rank) => [bytes, rank])), longestTokenBytes };
}

/** The same vocabulary as a `tokenizer.json`: every way to halve a token is a merge, those of low ranks first. */
function byteLevelFile({ bytesOf, byBytes }: Ranks): object {
  const merges = bytesOf.flatMap((bytes) =>
    Array.from({ length: bytes.length - 1 }, (_, index) => [bytes.slice(0, index + 1), bytes.slice(index + 1)])
      .filter((halves) => halves.every((half) => byBytes.has(half)))
      .map((halves) => halves.map(inCharacters)),
  );
  const pattern =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  return {
    ...NOTHING_ELSE,
    added_tokens: [{ id: VOCABULARY_SIZE, content: '<|eot|>', special: true }],
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<|eot|>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<|eot|>': { id: '<|eot|>', ids: [VOCABULARY_SIZE], tokens: ['<|eot|>'] } },
    },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(bytesOf.map((bytes, rank) => [inCharacters(bytes), rank])),
      merges: merges.map((halves) => halves.join(' ')),
    },
  };
}

const ranks = await firstRanks();
const tiktoken = createTiktoken('first', ranks, CL100K_PIECES);
mkdirSync(join(folder, 'a-model'));
const BYTE_LEVEL = byteLevelFile(ranks);
const byteLevel = await openHuggingFace(fileOf('a-model/tokenizer.json', BYTE_LEVEL));

test('a tokenizer.json is called by its folder too, any other file by its name', async () => {
  assert.equal(byteLevel.name, 'a-model/tokenizer.json');
  assert.equal((await openHuggingFace(join(folder, 'a-model'))).name, 'a-model');
  assert.equal((await openHuggingFace(fileOf('mine.json', BYTE_LEVEL))).name, 'mine.json');
  assert.equal(byteLevel.isApproximate, false);
});

function codecOf({ codec }: Tokenizer): NonNullable<Tokenizer['codec']> {
  assert.ok(codec !== undefined);
  return codec;
}

function* randomTexts(): Generator<string> {
  const random = createRandom(9, 'texts');
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const parts = [
    ' ',
    'the',
    'return',
    "'s",
    '\n',
    '12345',
    'é',
    '中文',
    '😀',
    '()',
    'Über',
    'and',
    'tion',
    '\t',
    'привет',
  ];
  for (let n = 0; n < 500; n++) yield Array.from({ length: 1 + below(20) }, () => parts[below(parts.length)]).join('');
}

test('a byte-level vocabulary has the same tokens in this format as in the other, and decodes', () => {
  for (const text of randomTexts()) {
    const ids = codecOf(byteLevel).encode(text);
    assert.deepEqual(ids, codecOf(tiktoken).encode(text), JSON.stringify(text));
    assert.equal(codecOf(byteLevel).decode(ids), text);
    assert.equal(byteLevel.count(text), ids.length);
  }
  assert.equal(codecOf(byteLevel).decode([]), '');
});

test('special tokens are neither added nor read out of a text', () => {
  const text = 'the<|eot|>';
  assert.deepEqual(codecOf(byteLevel).encode(text), codecOf(tiktoken).encode(text));
  assert.equal(byteLevel.count(''), 0);
});

test('an id that stands for no ordinary token is refused', () => {
  assert.throws(() => codecOf(byteLevel).decode([VOCABULARY_SIZE]), RangeError);
});

/** Sentencepiece's way: no cuts at all, spaces are letters, unknown characters become their bytes. */
const UNCUT = {
  ...NOTHING_ELSE,
  normalizer: {
    type: 'Sequence',
    normalizers: [
      { type: 'Prepend', prepend: '▁' },
      { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
    ],
  },
  added_tokens: [{ id: 0, content: '<s>', special: true }],
  model: {
    type: 'BPE',
    byte_fallback: true,
    vocab: Object.fromEntries(
      ['<s>', '▁', 'a', 'b', 'ab', 'ba', '▁ab', 'aba', 'bab', 'abab', '<', 's', '>', '<0xC3>', '<0xA9>'].map(
        (token, id) => [token, id],
      ),
    ),
    // "aba" is made of its second half only, and "bab" first of its second half.
    merges: ['a b', 'b a', '▁ ab', 'a ba', 'b ab', 'ba b', 'ab ab'].map((merge) => merge.split(' ')),
  },
};

test('our merging gives the tokens of the library own one', async () => {
  const ours = codecOf(await openHuggingFace(fileOf('uncut.json', UNCUT)));
  const library = new Library({ ...UNCUT, added_tokens: [] }, {});
  const random = createRandom(4, 'uncut');
  for (let n = 0; n < 500; n++) {
    const text = Array.from({ length: Math.floor(random.next() * 40) }, () =>
      'aaabbb é'.charAt(Math.floor(random.next() * 8)),
    ).join('');
    assert.deepEqual(ours.encode(text), library.encode(text, { add_special_tokens: false }).ids, JSON.stringify(text));
  }
  // ▁ab, a, é as two bytes; then "<s>" as three characters.
  assert.deepEqual(ours.encode('abaé'), [6, 2, 13, 14]);
  assert.deepEqual(ours.encode('<s>'), [1, 10, 11, 12]);
});

test('long texts without any cut are counted at once, in merges and in pieces by likelihood', {
  timeout: 30_000,
}, async () => {
  const uncut = await openHuggingFace(fileOf('uncut.json', UNCUT));
  // "▁ab", and then 49,999 times "ab", two of them a token.
  assert.equal(uncut.count('ab'.repeat(50_000)), 1 + 25_000);
  const unigram = {
    ...NOTHING_ELSE,
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always' },
    model: {
      type: 'Unigram',
      unk_id: 0,
      vocab: [
        ['<unk>', 0],
        ['▁', -1],
        ['a', -3],
        ['b', -3],
      ],
    },
  };
  const likely = await openHuggingFace(fileOf('unigram.json', unigram));
  assert.equal(likely.count('ab'.repeat(100_000)), 200_001);
});

for (const [what, content, reason] of [
  ['is no JSON', '{"model":', /JSON/],
  ['is other JSON', '[1]', /^it has no "model"$/],
  ['has a model of a kind that nobody knows', JSON.stringify({ ...NOTHING_ELSE, model: { type: 'Odd' } }), /Odd/],
] as const) {
  test(`a file that ${what} is refused with a reason`, async () => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, content);
    await assert.rejects(openHuggingFace(file), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'TOKENIZER_UNREADABLE');
      const start = `${file} cannot be used as a tokenizer: `;
      assert.ok(error.message.startsWith(start), error.message);
      assert.match(error.message.slice(start.length), reason);
      assert.ok(!error.message.includes('\n'));
      return true;
    });
  });
}

test('a folder without a tokenizer.json is refused', async () => {
  mkdirSync(join(folder, 'empty'));
  await assert.rejects(openHuggingFace(join(folder, 'empty')), { code: 'TOKENIZER_UNREADABLE' });
});
