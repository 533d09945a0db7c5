import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildInstants, buildRecord } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import type { Load, StopRule } from '../model/load.ts';
import type { Outcome, RequestRecord } from '../model/record.ts';
import { createRandom } from '../random.ts';
import { createPacer } from './pacers/of-load.ts';
import { type Attempt, type Gate, type PhaseEnd, PhaseRun } from './phase.ts';

/** One attempt as the fake server saw it. */
interface Seen extends Attempt {
  readonly request: number;
  readonly atMs: number;
  cancelledBy: string | undefined;
  endedAtMs: number | undefined;
}

interface Rig {
  readonly clock: VirtualClock;
  readonly phase: PhaseRun<number>;
  readonly end: Promise<PhaseEnd>;
  readonly seen: Seen[];
  /** When each draft was built. */
  readonly preparedAtMs: number[];
  readonly maxBusy: () => number;
}

interface RigInput {
  readonly load: Load;
  readonly stop: Partial<StopRule>;
  /** Time to answer of each attempt in order of its start; the last holds for all further ones. */
  readonly answerMs: readonly number[];
  readonly outcomeOf?: (seen: Seen) => Outcome;
  readonly retryDelayMs?: (record: RequestRecord) => number | undefined;
  readonly startMs?: number;
  readonly gate?: Gate<number>;
}

/** A phase whose requests are numbers, on a server that answers after known times. Runs from `startMs`, 0 by default. */
function startPhase(input: RigInput): Rig {
  const clock = createVirtualClock(input.startMs ?? 0);
  const seen: Seen[] = [];
  const preparedAtMs: number[] = [];
  let busy = 0;
  let maxBusy = 0;
  const phase = new PhaseRun<number>({
    clock,
    load: input.load,
    stop: { requests: undefined, durationMs: undefined, ...input.stop },
    pacer: createPacer(input.load, { random: createRandom(1, 'arrivals/0') }),
    prepare: () => preparedAtMs.push(clock.nowMs()),
    start(request, attempt, done) {
      const one: Seen = { ...attempt, request, atMs: clock.nowMs(), cancelledBy: undefined, endedAtMs: undefined };
      seen.push(one);
      const id = seen.length;
      maxBusy = Math.max(maxBusy, ++busy);
      const finish = (outcome: Outcome): void => {
        busy--;
        one.endedAtMs = clock.nowMs();
        const instants = buildInstants({ startedAtMs: one.atMs, endedAtMs: clock.nowMs() });
        done(buildRecord({ id, attempt: attempt.attempt, retryOf: attempt.retryOf, instants, outcome }));
      };
      const answerMs = input.answerMs[id - 1] ?? input.answerMs.at(-1) ?? 0;
      const forget = clock.after(answerMs, () => finish(input.outcomeOf?.(one) ?? { kind: 'completed' }));
      return {
        cancel(by) {
          forget();
          one.cancelledBy = by;
          clock.soon(() => finish({ kind: 'cancelled', by }));
        },
      };
    },
    retryDelayMs: input.retryDelayMs ?? (() => undefined),
    gate: input.gate,
  });
  return { clock, phase, end: phase.run(), seen, preparedAtMs, maxBusy: () => maxBusy };
}

function clients(concurrency: number, requestDelayMs: number = 0): Load {
  return { kind: 'closed-loop', concurrency, requestDelayMs, stages: [] };
}

function arrivals(ratePerSecond: number, maxInFlight?: number): Load {
  return { kind: 'open-loop', arrival: 'constant', ratePerSecond, maxInFlight, stages: [] };
}

const startsOf = (rig: Rig): readonly number[] => rig.seen.map(({ atMs }) => atMs);

test('a closed loop replaces each answered request at once and never has more than its clients busy', async () => {
  const rig = startPhase({ load: clients(2), stop: { requests: 6 }, answerMs: [10, 25, 10, 10, 10, 10] });
  await rig.clock.until(rig.end);
  // A: 0–10, 10–20, 20–30, 30–40. B: 0–25, 25–35.
  assert.deepEqual(startsOf(rig), [0, 0, 10, 20, 25, 30]);
  assert.equal(rig.maxBusy(), 2);
  assert.deepEqual([rig.phase.started, rig.phase.ended, rig.phase.dropped], [6, 6, 0]);
  assert.ok(rig.seen.every(({ scheduledAtMs }) => scheduledAtMs === undefined));
});

test('two hundred closed-loop requests keep eight clients busy, neither more nor fewer, until none is left to give', async () => {
  const answerMs = Array.from({ length: 200 }, (_, index) => 5 + ((index * 7) % 13));
  const rig = startPhase({ load: clients(8), stop: { requests: 200 }, answerMs });
  await rig.clock.until(rig.end);
  assert.equal(rig.seen.length, 200);
  assert.equal(rig.maxBusy(), 8);
  const windowEndMs = rig.phase.sendingEndAtMs ?? 0;
  for (const { atMs } of rig.seen.slice(8)) {
    // A request starts where another has just ended.
    assert.ok(rig.seen.some(({ endedAtMs }) => endedAtMs === atMs));
  }
  const busyAtEnd = rig.seen.filter(({ atMs, endedAtMs = 0 }) => atMs < windowEndMs && endedAtMs >= windowEndMs);
  assert.equal(busyAtEnd.length, 8);
});

test('the steady window of a counted closed loop ends when the first client comes free and no request is left', async () => {
  const rig = startPhase({ load: clients(2), stop: { requests: 4 }, answerMs: [10, 30, 10, 50], startMs: 1_000 });
  const end = await rig.clock.until(rig.end);
  // A: 0–10, 10–20, 20–70. B: 0–30, then nothing is left.
  assert.equal(rig.phase.startAtMs, 1_000);
  assert.equal(rig.phase.sendingEndAtMs, 1_030);
  assert.deepEqual(end, { endAtMs: 1_070 });
});

test('with fewer requests than clients the steady window ends with the first answer', async () => {
  const rig = startPhase({ load: clients(4), stop: { requests: 2 }, answerMs: [30, 10] });
  const end = await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 0]);
  assert.equal(rig.phase.sendingEndAtMs, 10);
  assert.deepEqual(end, { endAtMs: 30 });
});

test('a closed loop with a duration stops sending when it is over and waits for the answers under way', async () => {
  const rig = startPhase({ load: clients(1), stop: { durationMs: 100 }, answerMs: [30] });
  const end = await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 30, 60, 90]);
  assert.equal(rig.phase.sendingEndAtMs, 100);
  assert.deepEqual(end, { endAtMs: 120 });
});

test('the duration ends the steady window even while no answer comes', async () => {
  const rig = startPhase({ load: clients(2), stop: { durationMs: 100, requests: 50 }, answerMs: [5_000] });
  rig.clock.advance(101);
  assert.equal(rig.phase.sendingEndAtMs, 100);
  assert.deepEqual(await rig.clock.until(rig.end), { endAtMs: 5_000 });
  assert.equal(rig.seen.length, 2);
});

test('fewer requests than clients and a duration: whichever comes first ends the steady window', async () => {
  const rig = startPhase({ load: clients(4), stop: { durationMs: 100, requests: 2 }, answerMs: [500] });
  await rig.clock.until(rig.end);
  assert.equal(rig.phase.sendingEndAtMs, 100);
});

test('each client pauses between an answer and its next request, but not after its last', async () => {
  const rig = startPhase({ load: clients(1, 5), stop: { requests: 3 }, answerMs: [10] });
  const end = await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 15, 30]); // 10 to answer, 5 to rest
  assert.deepEqual(end, { endAtMs: 40 });
});

test('a pause does not hold up the end of a run whose time is over', async () => {
  const rig = startPhase({ load: clients(1, 60_000), stop: { durationMs: 100 }, answerMs: [10] });
  assert.deepEqual(await rig.clock.until(rig.end), { endAtMs: 100 });
  assert.equal(rig.phase.sendingEndAtMs, 100);
  assert.equal(rig.clock.pendingTimers, 0);
});

test('an open loop goes on sending on schedule while nothing is answered', async () => {
  const rig = startPhase({ load: arrivals(100), stop: { requests: 5 }, answerMs: [1_000] });
  rig.clock.advance(60);
  assert.deepEqual(startsOf(rig), [0, 10, 20, 30, 40]);
  assert.equal(rig.phase.inFlight, 5);
  // The fifth gap belongs to the window too: five arrivals in 50 ms are 100 a second.
  assert.equal(rig.phase.sendingEndAtMs, 50);
  assert.deepEqual(await rig.clock.until(rig.end), { endAtMs: 1_040 });
});

test('scheduled times are exact thirds of a second, and starts follow within a turn of the event loop', async () => {
  const rig = startPhase({ load: arrivals(3), stop: { requests: 4 }, answerMs: [20], startMs: 500 });
  await rig.clock.until(rig.end);
  // 500 + i × 1000 ÷ 3
  assert.deepEqual(
    rig.seen.map(({ scheduledAtMs }) => scheduledAtMs),
    [500, 500 + 1_000 / 3, 500 + 2_000 / 3, 1_500],
  );
  for (const { atMs, scheduledAtMs = 0 } of rig.seen) assert.ok(atMs >= scheduledAtMs && atMs - scheduledAtMs <= 0.125);
});

test('arrivals that fall due while the thread is held up are all sent late, each with its own schedule', () => {
  const rig = startPhase({ load: arrivals(1_000), stop: { requests: 100 }, answerMs: [10_000] });
  const before = rig.seen.length;
  rig.clock.holdUp(5.5);
  rig.clock.advance(0);
  const late = rig.seen.slice(before);
  assert.deepEqual(
    late.map(({ scheduledAtMs }) => scheduledAtMs),
    [1, 2, 3, 4, 5],
  );
  assert.ok(late.every(({ atMs }) => atMs === 5.5));
});

test('arrivals above the ceiling of requests in flight are dropped, and counted exactly', async () => {
  const rig = startPhase({ load: arrivals(100, 2), stop: { requests: 6 }, answerMs: [25] });
  await rig.clock.until(rig.end);
  // 0–25, 10–35, (20 dropped), 30–55, 40–65, (50 dropped)
  assert.deepEqual(startsOf(rig), [0, 10, 30, 40]);
  assert.deepEqual([rig.phase.started, rig.phase.dropped, rig.phase.ended], [4, 2, 4]);
  assert.equal(rig.maxBusy(), 2);
  assert.equal(rig.phase.sendingEndAtMs, 60);
});

for (const [durationMs, starts] of [
  [35, [0, 10, 20, 30]],
  [30, [0, 10, 20]], // An arrival due at the very end is outside.
  [5, [0]],
] as const) {
  test(`an open loop of ${durationMs} ms at 100/s sends ${starts.length} and ends its window on time`, async () => {
    const rig = startPhase({ load: arrivals(100), stop: { durationMs }, answerMs: [200] });
    await rig.clock.until(rig.end);
    assert.deepEqual(startsOf(rig), starts);
    assert.equal(rig.phase.sendingEndAtMs, durationMs);
  });
}

test('of a count and a duration the nearer one ends an open loop', async () => {
  const byCount = startPhase({ load: arrivals(100), stop: { requests: 2, durationMs: 100 }, answerMs: [5] });
  await byCount.clock.until(byCount.end);
  assert.deepEqual([byCount.seen.length, byCount.phase.sendingEndAtMs], [2, 20]);
  const byTime = startPhase({ load: arrivals(100), stop: { requests: 50, durationMs: 25 }, answerMs: [5] });
  await byTime.clock.until(byTime.end);
  assert.deepEqual([byTime.seen.length, byTime.phase.sendingEndAtMs], [3, 25]);
});

test('the next request is built before it is due, so that nothing is serialised at its time', async () => {
  const rig = startPhase({ load: arrivals(10), stop: { requests: 3 }, answerMs: [20] });
  await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 100, 200]);
  assert.deepEqual(rig.preparedAtMs.slice(0, 3), [0, 0, 100]);
  assert.deepEqual(
    rig.seen.map(({ request }) => request),
    [1, 2, 3],
  );
});

const FAILED: Outcome = {
  kind: 'failed',
  failure: { kind: 'server', message: '', status: 500, code: undefined, retryAfterMs: undefined, excerpt: undefined },
};

const failsFirst = ({ attempt }: Seen): Outcome => (attempt === 1 ? FAILED : { kind: 'completed' });
const retryAfter =
  (delayMs: number) =>
  ({ outcome }: RequestRecord): number | undefined =>
    outcome.kind === 'failed' ? delayMs : undefined;

test('a retry waits its delay, names the attempt before, sends the same request and keeps its client busy', async () => {
  const rig = startPhase({
    load: clients(1),
    stop: { requests: 2 },
    answerMs: [10],
    outcomeOf: failsFirst,
    retryDelayMs: retryAfter(40),
  });
  const end = await rig.clock.until(rig.end);
  assert.deepEqual(
    rig.seen.map(({ request, atMs, attempt, retryOf }) => [request, atMs, attempt, retryOf]),
    [
      [1, 0, 1, undefined],
      [1, 50, 2, 1], // 10 to fail, 40 to wait
      [2, 60, 1, undefined],
      [2, 110, 2, 3],
    ],
  );
  assert.deepEqual(end, { endAtMs: 120 });
  // The client comes free at 120 only: its retry was still to come at 70.
  assert.equal(rig.phase.sendingEndAtMs, 120);
});

test('a waiting retry counts as in flight under the ceiling of an open loop, and is due when it is sent', async () => {
  const rig = startPhase({
    load: arrivals(100, 1),
    stop: { requests: 4 },
    answerMs: [5],
    outcomeOf: failsFirst,
    retryDelayMs: retryAfter(20),
  });
  await rig.clock.until(rig.end);
  // Sent at 0, failed at 5, again 25–30; arrivals at 10 and 20 are dropped, that of 30 is sent, its retry at 55.
  assert.deepEqual(
    rig.seen.map(({ atMs, attempt, scheduledAtMs }) => [atMs, attempt, scheduledAtMs]),
    [
      [0, 1, 0],
      [25, 2, 25],
      [30, 1, 30],
      [55, 2, 55],
    ],
  );
  assert.equal(rig.phase.dropped, 2);
});

test('retries of the last requests are still sent after the duration is over', async () => {
  const rig = startPhase({
    load: clients(1),
    stop: { durationMs: 20 },
    answerMs: [15],
    outcomeOf: failsFirst,
    retryDelayMs: retryAfter(10),
  });
  await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 25]);
});

test('after a stop no retry is sent, and what waited for one ends at once', async () => {
  const rig = startPhase({
    load: clients(1),
    stop: { requests: 9 },
    answerMs: [10],
    outcomeOf: () => FAILED,
    retryDelayMs: retryAfter(60_000),
  });
  rig.clock.advance(30);
  rig.phase.stop(5_000);
  assert.deepEqual(await rig.end, { endAtMs: 30 });
  assert.equal(rig.seen.length, 1);
  assert.equal(rig.clock.pendingTimers, 0);
});

test('a failure that comes within the grace of a stop is not retried', async () => {
  const rig = startPhase({
    load: clients(1),
    stop: { requests: 9 },
    answerMs: [50],
    outcomeOf: () => FAILED,
    retryDelayMs: retryAfter(1),
  });
  rig.clock.advance(30);
  rig.phase.stop(5_000);
  assert.deepEqual(await rig.clock.until(rig.end), { endAtMs: 50 });
  assert.equal(rig.seen.length, 1);
});

test('a stop sends nothing more, ends the window at once and lets answers come within the grace', async () => {
  const rig = startPhase({ load: clients(2), stop: { requests: 9 }, answerMs: [60] });
  rig.clock.advance(10);
  rig.phase.stop(100);
  const end = await rig.clock.until(rig.end);
  assert.deepEqual(end, { endAtMs: 60 });
  assert.equal(rig.phase.sendingEndAtMs, 10);
  assert.deepEqual(
    rig.seen.map(({ cancelledBy }) => cancelledBy),
    [undefined, undefined],
  );
  assert.equal(rig.clock.pendingTimers, 0);
});

test('what is still in flight after the grace is cancelled by the user', async () => {
  const rig = startPhase({ load: arrivals(100), stop: { durationMs: 60_000 }, answerMs: [20, 1_000] });
  rig.clock.advance(15);
  rig.phase.stop(100);
  const end = await rig.clock.until(rig.end);
  assert.deepEqual(end, { endAtMs: 115 });
  assert.deepEqual(
    rig.seen.map(({ cancelledBy, endedAtMs }) => [cancelledBy, endedAtMs]),
    [
      [undefined, 20],
      ['user', 115],
    ],
  );
});

test('a second stop without grace cancels at once', async () => {
  const rig = startPhase({ load: clients(2), stop: { requests: 9 }, answerMs: [1_000] });
  rig.clock.advance(10);
  rig.phase.stop(5_000);
  rig.clock.advance(30);
  rig.phase.stop(0);
  assert.deepEqual(await rig.clock.until(rig.end), { endAtMs: 40 });
  assert.equal(rig.phase.sendingEndAtMs, 10);
  assert.equal(rig.clock.pendingTimers, 0);
});

test('a second stop with a shorter grace takes the place of the first', async () => {
  const rig = startPhase({ load: clients(1), stop: { requests: 9 }, answerMs: [100_000] });
  rig.clock.advance(10);
  rig.phase.stop(5_000);
  rig.clock.advance(10);
  rig.phase.stop(100);
  assert.deepEqual(await rig.clock.until(rig.end), { endAtMs: 120 });
  assert.equal(rig.clock.pendingTimers, 0);
});

test('a stop during a pause ends the phase at once', async () => {
  const rig = startPhase({ load: clients(1, 1_000), stop: { requests: 9 }, answerMs: [10] });
  rig.clock.advance(20);
  rig.phase.stop(5_000);
  assert.deepEqual(await rig.end, { endAtMs: 20 });
});

test('a stop after the end changes nothing', async () => {
  const rig = startPhase({ load: clients(1), stop: { requests: 1 }, answerMs: [10] });
  await rig.clock.until(rig.end);
  rig.clock.advance(10);
  rig.phase.stop(5_000);
  assert.equal(rig.phase.sendingEndAtMs, 10);
  assert.equal(rig.clock.pendingTimers, 0);
});

/** A gate that is open while `free` is above 0, and takes one of it each time. */
function gateOf(free: number, otherwise: 'later' | 'never'): Gate<number> & { release(): void } {
  let waiting: (() => void)[] = [];
  return {
    admit() {
      if (free === 0) return otherwise;
      free--;
      return 'now';
    },
    whenAdmitted: (tryAgain) => waiting.push(tryAgain),
    release() {
      free++;
      for (const tryAgain of waiting.splice(0)) tryAgain();
      waiting = [];
    },
  };
}

test('a gate that says never ends a closed loop with what is under way', async () => {
  const rig = startPhase({ load: clients(2), stop: { requests: 9 }, answerMs: [10], gate: gateOf(3, 'never') });
  await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 0, 10]);
  assert.deepEqual([rig.phase.isCutShort, rig.phase.sendingEndAtMs, rig.phase.dropped], [true, 10, 0]);
});

test('a gate that says later makes a closed loop wait, and its request is not lost', async () => {
  const gate = gateOf(1, 'later');
  const rig = startPhase({ load: clients(2), stop: { requests: 3 }, answerMs: [10], gate });
  rig.clock.after(25, () => gate.release());
  rig.clock.after(40, () => gate.release());
  await rig.clock.until(rig.end);
  assert.deepEqual(startsOf(rig), [0, 25, 40]);
  assert.deepEqual(
    rig.seen.map(({ request }) => request),
    [1, 2, 3],
  );
  assert.equal(rig.phase.isCutShort, false);
});

test('a closed loop that waits at its gate ends when its time is over', async () => {
  const rig = startPhase({ load: clients(1), stop: { durationMs: 50 }, answerMs: [10], gate: gateOf(1, 'later') });
  await rig.clock.until(rig.end);
  assert.deepEqual([startsOf(rig), rig.phase.sendingEndAtMs, rig.phase.isCutShort], [[0], 50, false]);
});

test('a gate that says later ends an open loop, which cannot wait', async () => {
  const rig = startPhase({ load: arrivals(100), stop: { requests: 9 }, answerMs: [5], gate: gateOf(2, 'later') });
  await rig.clock.until(rig.end);
  assert.deepEqual([startsOf(rig), rig.phase.isCutShort, rig.phase.sendingEndAtMs], [[0, 10], true, 20]);
});

test('a retry that the gate does not let through is not made', async () => {
  const rig = startPhase({
    load: clients(1),
    stop: { requests: 2 },
    answerMs: [10],
    outcomeOf: () => FAILED,
    retryDelayMs: (record) => (record.attempt === 1 ? 5 : undefined),
    gate: gateOf(1, 'never'),
  });
  await rig.clock.until(rig.end);
  assert.deepEqual([startsOf(rig), rig.phase.ended], [[0], 1]);
});
