import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AppError } from '../errors.ts';
import { type Dataset, type DatasetWish, readDataset } from './dataset.ts';
import { readEntries } from './json-entries.ts';

const folder = mkdtempSync(join(tmpdir(), 'dataset-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(content: string, extension: string = 'json'): string {
  const file = join(folder, `${++files}.${extension}`);
  writeFileSync(file, content);
  return file;
}

/** A token a word. */
const wish = (file: string, overrides: Partial<DatasetWish> = {}): DatasetWish => ({
  file,
  most: 100,
  turns: undefined,
  limitsByAnswer: true,
  count: async (texts) => ({
    tokenizer: { name: 'words', isApproximate: true },
    counts: texts.map((text) => text.split(' ').filter(Boolean).length),
  }),
  ...overrides,
});

async function refusalOf(work: () => Promise<unknown>): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new Error('nothing was refused');
}

async function entriesOf(file: string): Promise<readonly (readonly [unknown, number])[]> {
  const found: (readonly [unknown, number])[] = [];
  for await (const { value, line } of readEntries(file)) found.push([value, line]);
  return found;
}

describe('entries of a file', () => {
  test('elements of an array, whatever brackets, commas and quotes stand in their texts', async () => {
    const values = [{ a: '],[{"\\', b: [1, { c: '}' }] }, 'text, too', 3, null, ['\u2028 "quoted" \\"']];
    assert.deepEqual(
      (await entriesOf(fileOf(JSON.stringify(values)))).map(([value]) => value),
      values,
    );
    assert.deepEqual(
      (await entriesOf(fileOf(`\uFEFF \n${JSON.stringify(values, undefined, 2)}\n`))).map(([value]) => value),
      values,
    );
  });

  test('each has the line on which it begins', async () => {
    assert.deepEqual(await entriesOf(fileOf('[\n  1,\n\n  {"a":\n 2},\n  3]\n')), [
      [1, 2],
      [{ a: 2 }, 4],
      [3, 6],
    ]);
    assert.deepEqual(await entriesOf(fileOf('{"a":1}\r\n\r\n{"a":2}', 'jsonl')), [
      [{ a: 1 }, 1],
      [{ a: 2 }, 3],
    ]);
    assert.deepEqual(await entriesOf(fileOf('  \n')), []);
    assert.deepEqual(await entriesOf(fileOf('[]')), []);
  });

  test('a file of several pieces is read as one of one piece', async () => {
    // More than two reads of a mebibyte each.
    const values = Array.from({ length: 600 }, (_, index) => ({ index, text: `${'ä"\\],'.repeat(800)}${index}` }));
    assert.deepEqual(
      (await entriesOf(fileOf(JSON.stringify(values)))).map(([value]) => value),
      values,
    );
    const lines = values.map((value) => JSON.stringify(value)).join('\n');
    assert.deepEqual(
      (await entriesOf(fileOf(lines, 'jsonl'))).map(([value]) => value),
      values,
    );
  });

  for (const [content, problem] of [
    ['[\n{"a": 1},\n{"a": }]', /:3: this is not JSON/],
    ['[{"a": 1},\n{"b": 2}', /:2: the file ends within its array/],
    ['[1]\n[2]', /:2: something stands after the end of the array/],
    ['{"a": 1}\nb', /:2: this is not JSON/],
  ] as const) {
    test(`${JSON.stringify(content)} is refused at its line`, async () => {
      const refusal = await refusalOf(() => entriesOf(fileOf(content)));
      assert.equal(refusal.code, 'FILE_MALFORMED');
      assert.match(refusal.message, problem);
    });
  }

  test('a file that is not there, or a folder, is one error', async () => {
    assert.equal((await refusalOf(() => entriesOf(join(folder, 'none.json')))).code, 'FILE_UNREADABLE');
    assert.equal((await refusalOf(() => entriesOf(folder))).code, 'FILE_UNREADABLE');
  });
});

const said = (from: string, words: number): object => ({ from, value: Array(words).fill(from).join(' ') });
const talk = (...messages: readonly object[]): object => ({ id: 'x', conversations: messages });

function shareGpt(...talks: readonly object[]): string {
  return fileOf(JSON.stringify(talks));
}

const shapeOf = ({ prompts }: Dataset): unknown =>
  prompts.map(({ item, inputTokens, laterTurns }) => [
    item.messages.map(({ role }) => role[0]).join(''),
    inputTokens,
    item.maxTokens,
    ...laterTurns.map((turn) => [turn.inputTokens, turn.maxTokens]),
  ]);

describe('ShareGPT', () => {
  test('the first question is asked, and the answer says how long ours may be', async () => {
    const file = shareGpt(
      talk(said('human', 5), said('gpt', 7), said('human', 9), said('gpt', 11)),
      talk(said('system', 2), said('user', 6), said('chatgpt', 8)),
      talk(said('gpt', 50), said('human', 4), said('gpt', 4)), // What comes before a question is left out.
    );
    const dataset = await readDataset(wish(file));
    assert.deepEqual(shapeOf(dataset), [
      ['u', 5, 7],
      ['su', undefined, 8],
      ['u', 4, 4],
    ]);
    assert.deepEqual(shapeOf(await readDataset(wish(file, { limitsByAnswer: false }))), [
      ['u', 5, undefined],
      ['su', undefined, undefined],
      ['u', 4, undefined],
    ]);
  });

  test('what is too short, too long or unanswered is passed over and counted, as peers do', async () => {
    const file = shareGpt(
      talk(said('human', 3), said('gpt', 7)), // Below 4.
      talk(said('human', 7), said('gpt', 3)),
      talk(said('human', 1_025), said('gpt', 7)), // Above 1024.
      talk(said('human', 1_024), said('gpt', 1_025)), // Together above 2048.
      talk(said('human', 1_024), said('gpt', 1_024)),
      talk(said('human', 9)),
      talk(said('robot', 9), said('gpt', 9)),
    );
    const dataset = await readDataset(wish(file));
    assert.deepEqual(shapeOf(dataset), [['u', 1_024, 1_024]]);
    assert.deepEqual([dataset.read, dataset.passedOver], [7, { unanswered: 2, short: 2, long: 2 }]);
  });

  test('a conversation goes on as far as its turns fit', async () => {
    const file = shareGpt(
      talk(said('human', 5), said('gpt', 6), said('human', 7), said('gpt', 8), said('human', 9), said('gpt', 10)),
      talk(said('human', 5), said('gpt', 6), said('human', 2), said('gpt', 8), said('human', 9), said('gpt', 10)),
    );
    assert.deepEqual(shapeOf(await readDataset(wish(file, { turns: 2 }))), [
      ['u', 5, 6, [7, 8]],
      ['u', 5, 6],
    ]);
  });

  test('it is read only as far as it is needed', async () => {
    const good = JSON.stringify(talk(said('human', 5), said('gpt', 7)));
    const file = fileOf(`[${Array(64).fill(good).join(',')},\n{"broken": }]`);
    assert.equal((await readDataset(wish(file, { most: 3 }))).prompts.length, 3);
    assert.match((await refusalOf(() => readDataset(wish(file)))).message, /:2: this is not JSON/);
  });

  test('where nothing fits, the error says why', async () => {
    const refusal = await refusalOf(() => readDataset(wish(shareGpt(talk(said('human', 1), said('gpt', 1)), talk()))));
    assert.match(
      refusal.message,
      /none of 2 conversations can be used \(1 without an answer, 1 too short, 0 too long\)/,
    );
    assert.equal((await refusalOf(() => readDataset(wish(fileOf('[]'))))).code, 'FILE_EMPTY');
  });

  for (const [value, problem] of [
    ['no', /conversations must be a list/],
    [[{ from: 'human' }], /a message has no "from" and "value"/],
    [[null], /a message has no "from" and "value"/],
  ] as const) {
    test(`conversations that are ${JSON.stringify(value)} are refused`, async () => {
      const file = fileOf(JSON.stringify([{ conversations: value }]));
      assert.match((await refusalOf(() => readDataset(wish(file)))).message, problem);
    });
  }
});

describe('objects a line', () => {
  const LINES = [
    '{"name": "a", "prompt": "One", "output_tokens": 9}',
    '{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q1"}, {"role": "assistant", "content": "A1"}, {"role": "user", "content": "Q2"}], "max_tokens": 4}',
    '{"prompt": "Two", "system": "S"}',
  ].join('\n');

  test('are sent as they stand', async () => {
    const { prompts } = await readDataset(wish(fileOf(LINES, 'jsonl')));
    assert.deepEqual(
      prompts.map(({ item }) => [item.name, item.messages.map(({ content }) => content), item.maxTokens]),
      [
        ['a', ['One'], 9],
        [undefined, ['S', 'Q1', 'A1', 'Q2'], 4],
        [undefined, ['S', 'Two'], undefined],
      ],
    );
    assert.deepEqual(
      prompts.map(({ item }) => item.index),
      [0, 1, 2],
    );
  });

  test('as conversations, recorded answers make room for live ones', async () => {
    const { prompts } = await readDataset(wish(fileOf(LINES, 'jsonl'), { turns: 5 }));
    assert.deepEqual(
      prompts.map(({ item, laterTurns }) => [
        item.messages.map(({ content }) => content),
        laterTurns.map(({ content, maxTokens }) => [content, maxTokens]),
      ]),
      [
        [['One'], []],
        [['S', 'Q1'], [['Q2', 4]]],
        [['S', 'Two'], []],
      ],
    );
  });

  test('a length that is none names its field and line', async () => {
    const refusal = await refusalOf(() =>
      readDataset(wish(fileOf('{"prompt": "a"}\n{"prompt": "a", "output_len": 0}', 'jsonl'))),
    );
    assert.match(refusal.message, /:2: output_len must be a whole number from 1/);
    const empty = await refusalOf(() => readDataset(wish(fileOf('{"question": "a"}', 'jsonl'))));
    assert.match(empty.message, /:1: the object has no prompt, content or messages/);
  });
});
