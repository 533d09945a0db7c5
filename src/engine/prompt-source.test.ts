import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../model/message.ts';
import type { WorkloadItem } from '../model/workload.ts';
import { createRandom } from '../random.ts';
import { supplyOf } from '../workloads/listed.ts';
import { createCyclingSource, createShuffledSource, type PromptSource } from './prompt-source.ts';

function item(index: number, ...messages: readonly Message[]): WorkloadItem {
  return { index, name: undefined, messages, maxTokens: undefined, tools: undefined, toolChoice: undefined };
}

const user = (content: string): Message => ({ role: 'user', content });
const ITEMS = ['first', 'second', 'third'].map((text, index) => item(index, user(text)));
const SUPPLY = supplyOf(ITEMS);

function drawIndexes(source: PromptSource, count: number): readonly number[] {
  return Array.from({ length: count }, () => source().item.index);
}

test('prompts come in their order, and from the start again after the last', () => {
  assert.deepEqual(drawIndexes(createCyclingSource(SUPPLY, undefined), 7), [0, 1, 2, 0, 1, 2, 0]);
});

test('without a nonce prompts are sent as they are', () => {
  const source = createCyclingSource(SUPPLY, undefined);
  assert.equal(source().item.messages, ITEMS[0]?.messages);
});

test('a nonce makes ten thousand sends of the same prompts unlike from their first character on', () => {
  const source = createCyclingSource(SUPPLY, createRandom(1, 'prefix'));
  const starts = Array.from({ length: 10_000 }, () => source().item.messages[0]?.content.slice(0, 18) ?? '');
  assert.equal(new Set(starts).size, 10_000);
  assert.ok(starts.every((start) => /^\[[0-9a-f]{16}\]$/.test(start)));
});

test('the nonce stands before everything: at the system message where there is one, and only there', () => {
  const chat = [{ role: 'system', content: 'Be brief.' }, user('Hello'), { role: 'assistant', content: 'Hi' }] as const;
  const { messages } = createCyclingSource(supplyOf([item(0, ...chat)]), createRandom(1, 'prefix'))().item;
  assert.match(messages[0]?.content ?? '', /^\[[0-9a-f]{16}\] Be brief\.$/);
  assert.equal(messages[0]?.role, 'system');
  assert.deepEqual(messages.slice(1), chat.slice(1));
});

test('warm-up draws every prompt by chance, the same for the same seed', () => {
  const indexes = (seed: number): readonly number[] =>
    drawIndexes(createShuffledSource(SUPPLY, createRandom(seed, 'warmup/0'), undefined), 300);
  assert.deepEqual(indexes(1), indexes(1));
  assert.notDeepEqual(indexes(1), indexes(2));
  for (const index of [0, 1, 2]) {
    const share = indexes(1).filter((drawn) => drawn === index).length;
    // 100 of 300 each; the standard deviation is √(300 × ⅓ × ⅔) = 8.2, four of them are 33.
    assert.ok(Math.abs(share - 100) < 33, `${share} of 300`);
  }
});

test('what warm-up draws moves neither the order nor the nonces of what is measured', () => {
  const nonces = (warmups: number): readonly string[] => {
    const warmup = createShuffledSource(SUPPLY, createRandom(1, 'warmup/0'), createRandom(5, 'prefix'));
    const measured = createCyclingSource(SUPPLY, createRandom(6, 'prefix'));
    drawIndexes(warmup, warmups);
    return Array.from({ length: 5 }, () => measured().item.messages[0]?.content ?? '');
  };
  assert.deepEqual(nonces(0), nonces(17));
});

test('a single prompt is drawn again and again', () => {
  const [only] = ITEMS;
  assert.ok(only);
  assert.deepEqual(drawIndexes(createCyclingSource(supplyOf([only]), undefined), 3), [0, 0, 0]);
  assert.deepEqual(
    drawIndexes(createShuffledSource(supplyOf([only]), createRandom(1, 'warmup/0'), undefined), 3),
    [0, 0, 0],
  );
});
