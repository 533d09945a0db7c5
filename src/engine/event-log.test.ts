import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenEvent } from '../model/record.ts';
import { EventLog } from './event-log.ts';

test('events come back as they were put in, beyond the first room too', () => {
  const log = new EventLog();
  const expected: TokenEvent[] = [];
  for (let index = 0; index < 100; index++) {
    const tokens = index % 3 === 0 ? undefined : index;
    log.add(index + 0.25, index % 2 === 0 ? 'content' : 'tool-arguments', index * 2);
    if (tokens !== undefined) log.tellTokens(tokens);
    expected.push({
      atMs: index + 0.25,
      kind: index % 2 === 0 ? 'content' : 'tool-arguments',
      tokens,
      bytes: index * 2,
      isCoalesced: false,
    });
  }
  assert.equal(log.length, 100);
  assert.deepEqual(log.list(), expected);
  assert.equal(log.numbers.length, 500);
});

test('all events of one instant are coalesced, the first of them included', () => {
  const log = new EventLog();
  for (const atMs of [1, 2, 2, 2, 3]) log.add(atMs, 'content', 1);
  assert.deepEqual(
    log.list().map(({ isCoalesced }) => isCoalesced),
    [false, true, true, true, false],
  );
});

test('tokens are all said when each event says them, and there is one', () => {
  const log = new EventLog();
  assert.equal(log.saysAllTokens, false);
  log.add(1, 'content', 1);
  log.tellTokens(0);
  assert.equal(log.saysAllTokens, true);
  log.add(2, 'content', 1);
  assert.equal(log.saysAllTokens, false);
});
