import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Load } from '../model/load.ts';
import { createRandom } from '../random.ts';
import { createPacer } from './pacers/of-load.ts';
import { createIds, loadOfShard, placesOfShard, requestsOfShard, type Shard, WHOLE_RUN } from './shard.ts';

const shardsOf = (count: number): readonly Shard[] => Array.from({ length: count }, (_, index) => ({ index, count }));
const closed = (concurrency: number): Load => ({ kind: 'closed-loop', concurrency, requestDelayMs: 0, stages: [] });
const open = (arrival: 'constant' | 'poisson', maxInFlight: number | undefined = undefined): Load => ({
  kind: 'open-loop',
  arrival,
  ratePerSecond: 40,
  stages: [],
  maxInFlight,
});

test('clients and ceilings are dealt out in turn, and their sum stays', () => {
  const clients = shardsOf(3).map((shard) => loadOfShard(closed(8), shard));
  assert.deepEqual(clients, [closed(3), closed(3), closed(2)]);
  const ceilings = shardsOf(2).map((shard) => loadOfShard(open('poisson', 5), shard));
  assert.deepEqual(ceilings, [open('poisson', 3), open('poisson', 2)]);
  assert.deepEqual(loadOfShard(open('constant'), { index: 1, count: 2 }), open('constant'));
});

test('a shard with fewer clients has fewer requests, in the order of rounds', () => {
  // Five clients, rounds of five: shard 0 has clients 0, 2 and 4, shard 1 has 1 and 3. Twelve requests are two rounds and two more.
  const places = shardsOf(2).map((shard) => {
    const place = placesOfShard(closed(5), shard);
    return Array.from({ length: requestsOfShard(12, closed(5), shard) }, (_, arrival) => place(arrival));
  });
  assert.deepEqual(places, [
    [0, 2, 4, 5, 7, 9, 10],
    [1, 3, 6, 8, 11],
  ]);
});

test('whatever is split, every request of the run belongs to exactly one shard', () => {
  for (const load of [closed(1), closed(4), closed(7), open('constant'), open('poisson', 9)]) {
    for (const count of [1, 2, 3, 4, 7]) {
      for (const requests of [0, 1, 6, 7, 50]) {
        const places = shardsOf(count).flatMap((shard) => {
          const place = placesOfShard(load, shard);
          return Array.from({ length: requestsOfShard(requests, load, shard) }, (_, arrival) => place(arrival));
        });
        assert.deepEqual(
          places.toSorted((a, b) => a - b),
          Array.from({ length: requests }, (_, place) => place),
        );
      }
    }
  }
});

test('a run of one shard goes through its prompts in order', () => {
  const places = [closed(4), open('constant')].map((load) => [0, 1, 2, 3, 4, 5].map(placesOfShard(load, WHOLE_RUN)));
  assert.deepEqual(places, [
    [0, 1, 2, 3, 4, 5],
    [0, 1, 2, 3, 4, 5],
  ]);
});

for (const arrival of ['constant', 'poisson'] as const) {
  test(`the arrivals of three shards are together those of one, at ${arrival} gaps`, () => {
    const times = (shard: Shard, count: number): readonly number[] => {
      const pacer = createPacer(open(arrival), { random: createRandom(7, 'arrivals/0'), shard });
      return Array.from({ length: count }, (_, arrivals) => {
        const pace = pacer.next({ elapsedMs: 0, arrivals, busy: 0 });
        return pace.kind === 'at' ? pace.atMs : Number.NaN;
      });
    };
    const union = shardsOf(3).flatMap((shard) => times(shard, 100));
    assert.deepEqual(
      union.toSorted((a, b) => a - b),
      times(WHOLE_RUN, 300),
    );
  });
}

test('no two shards give the same id, and one alone counts from 1', () => {
  const ids = shardsOf(3).map((shard) => {
    const next = createIds(shard);
    return [next(), next(), next()];
  });
  assert.deepEqual(ids, [
    [1, 4, 7],
    [2, 5, 8],
    [3, 6, 9],
  ]);
  const alone = createIds(WHOLE_RUN);
  assert.deepEqual([alone(), alone()], [1, 2]);
});
