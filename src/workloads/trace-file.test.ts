import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { AppError } from '../errors.ts';
import { readTrace } from './trace-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'trace-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(extension: string, ...lines: readonly string[]): string {
  const file = join(folder, `${++files}.${extension}`);
  writeFileSync(file, lines.join('\n'));
  return file;
}

async function shapeOf(file: string): Promise<unknown> {
  const { trace, passedOver } = await readTrace(file);
  return {
    at: [...trace.arrivesAtMs],
    input: [...trace.inputTokens],
    output: [...trace.outputTokens],
    blocks: [...trace.blockEnds].map((end, place) => [...trace.blocks.slice(trace.blockEnds[place - 1] ?? 0, end)]),
    texts: trace.texts,
    passedOver,
  };
}

async function refusalOf(file: string): Promise<AppError> {
  try {
    await readTrace(file);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new Error('nothing was refused');
}

describe('traces', () => {
  test('of Mooncake: milliseconds, and blocks by their ids', async () => {
    const file = fileOf(
      'jsonl',
      '{"timestamp": 1000, "input_length": 700, "output_length": 20, "hash_ids": [46, 47]}',
      '{"timestamp": 1120, "input_length": 1100, "output_length": 12, "hash_ids": [46, 48, 50]}',
      '{"timestamp": 1120, "input_length": 9, "output_length": 1, "hash_ids": ["ab12"]}',
    );
    assert.deepEqual(await shapeOf(file), {
      at: [0, 120, 120],
      input: [700, 1_100, 9],
      output: [20, 12, 1],
      // Numbered as they first come.
      blocks: [[0, 1], [0, 2, 3], [4]],
      texts: {},
      passedOver: 0,
    });
  });

  test('of BurstGPT: seconds, columns by their names, and no rows that failed', async () => {
    const file = fileOf(
      'csv',
      'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type',
      '5,,1.5,ChatGPT,472,18,490,Conversation log',
      '45.5,s1,2,"GPT-4",1087,230,1317,Conversation log',
      '118,,0,GPT-4,417,0,417,API log',
      '',
    );
    assert.deepEqual(await shapeOf(file), {
      at: [0, 40_500],
      input: [472, 1_087],
      output: [18, 230],
      blocks: [[], []],
      texts: {},
      passedOver: 1,
    });
  });

  test('of our own: times in any order, texts, and lengths that are not said', async () => {
    const file = fileOf(
      'jsonl',
      '{"at_ms": 80.5, "prompt": "Hi"}',
      '{"at_ms": 0.5, "input_tokens": 5, "output_tokens": 7, "blocks": ["a"]}',
    );
    assert.deepEqual(await shapeOf(file), {
      at: [0, 80],
      input: [5, 0],
      output: [7, 0],
      blocks: [[0], []],
      texts: { 1: 'Hi' },
      passedOver: 0,
    });
  });

  for (const [extension, lines, problem] of [
    ['jsonl', ['{"input_tokens": 5}'], /:1: the time of arrival is missing/],
    ['jsonl', ['', '{"at_ms": 1}'], /:2: neither the tokens of the prompt nor the prompt is there/],
    ['jsonl', ['{"at_ms": "1", "input_tokens": 5}'], /at_ms must be a number from 0/],
    ['jsonl', ['{"at_ms": 1, "input_tokens": 0}'], /input_tokens must be a whole number from 1/],
    ['jsonl', ['{"timestamp": 1, "input_length": 5, "output_length": 1.5}'], /output_length must be a whole number/],
    ['jsonl', ['{"timestamp": 1, "input_length": 5, "hash_ids": 7}'], /hash_ids must be a list/],
    ['jsonl', ['7'], /:1: this is JSON, but not an object/],
    ['csv', ['time,tokens', '1,2'], /:1: there is no column "timestamp"/],
    ['csv', ['Timestamp,Request tokens,Response tokens', '1,x,2'], /:2: "x" in column request tokens is no number/],
  ] as const) {
    test(`${JSON.stringify(lines.at(-1))} in a .${extension} is refused`, async () => {
      const refusal = await refusalOf(fileOf(extension, ...lines));
      assert.equal(refusal.code, 'FILE_MALFORMED');
      assert.match(refusal.message, problem);
    });
  }

  test('an empty trace, and one that is not there', async () => {
    assert.equal((await refusalOf(fileOf('jsonl', ''))).code, 'FILE_EMPTY');
    assert.equal((await refusalOf(fileOf('csv', 'Timestamp,Request tokens,Response tokens'))).code, 'FILE_EMPTY');
    assert.equal((await refusalOf(join(folder, 'none.jsonl'))).code, 'FILE_UNREADABLE');
    assert.equal((await refusalOf(join(folder, 'none.csv'))).code, 'FILE_UNREADABLE');
  });
});
