import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alternation, type Seat } from './alternation.ts';

/** Claims and answers one request after the other, whoever may; returns who that was. */
function order(seats: readonly Seat[], requests: number): string {
  return Array.from({ length: requests }, () => {
    const index = seats.findIndex((seat) => seat.claim());
    seats[index]?.ended();
    return 'ABC'[index] ?? '-';
  }).join('');
}

function seatsOf(targets: number, requestsPerTurn: number): readonly [Seat, Seat, ...Seat[]] {
  const alternation = new Alternation(targets, requestsPerTurn);
  const [a, b, ...rest] = Array.from({ length: targets }, (_, index) => alternation.seat(index));
  assert.ok(a && b);
  return [a, b, ...rest];
}

test('two targets take turns there and back, so that a drift falls on both', () => {
  assert.equal(order(seatsOf(2, 1), 9), 'ABBAABBAA');
  assert.equal(order(seatsOf(2, 3), 12), 'AAABBBBBBAAA');
});

test('three go round and back', () => {
  assert.equal(order(seatsOf(3, 1), 8), 'ABCCBAAB');
});

test('the next begins when the last answer of a turn is there', () => {
  const [a, b] = seatsOf(2, 2);
  assert.deepEqual([a.claim(), a.claim(), a.claim()], [true, true, false]);
  a.ended();
  assert.equal(b.claim(), false);
  a.ended();
  assert.equal(b.claim(), true);
  assert.equal(a.claim(), false);
});

test('who waits is called when its turn comes, once', () => {
  const [a, b] = seatsOf(2, 1);
  const called: string[] = [];
  a.whenFree(() => called.push('a'));
  b.whenFree(() => called.push('b'));
  a.claim();
  assert.deepEqual(called, []);
  a.ended();
  assert.deepEqual(called, ['b']);
});

test('a claim that is given back can be made again', () => {
  const [a, b] = seatsOf(2, 1);
  assert.equal(a.claim(), true);
  a.giveBack();
  assert.equal(b.claim(), false);
  assert.equal(a.claim(), true);
});

test('who has left is passed over, and the last one has all turns', () => {
  const seats = seatsOf(3, 1);
  const [a, b, c] = seats;
  assert.equal(order(seats, 1), 'A');
  b.leave(); // In its own turn.
  assert.equal(order(seats, 3), 'CCA');
  a.leave();
  assert.equal(order(seats, 3), 'CCC');
  c?.leave();
});

test('who leaves while its answers are under way keeps the others waiting for them', () => {
  const [a, b] = seatsOf(2, 5);
  a.claim();
  a.leave();
  assert.equal(b.claim(), false);
  a.ended();
  assert.equal(b.claim(), true);
});
