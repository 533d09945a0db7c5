import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildInstants, buildRecord } from '../../test/support/record-builder.ts';
import { createVirtualClock, type VirtualClock } from '../../test/support/virtual-clock.ts';
import type { Load, StopRule } from '../model/load.ts';
import type { RequestRecord } from '../model/record.ts';
import { NOTHING_ASKED } from '../model/workload.ts';
import { createRandom } from '../random.ts';
import { nextTurn } from './conversation.ts';
import { createPacer } from './pacers/of-load.ts';
import { type PhaseEnd, PhaseRun } from './phase.ts';

/** A turn of a conversation that has `left` more. */
interface Talk {
  readonly conversation: number;
  readonly turn: number;
  readonly left: number;
}

interface Rig {
  readonly clock: VirtualClock;
  readonly phase: PhaseRun<Talk>;
  readonly end: Promise<PhaseEnd>;
  /** `conversation.turn`, when it was sent and when it was due. */
  readonly seen: { readonly what: string; readonly atMs: number; readonly scheduledAtMs: number | undefined }[];
}

interface RigInput {
  readonly load: Load;
  readonly stop: Partial<StopRule>;
  readonly turns: number;
  readonly answerMs?: (talk: Talk) => number;
  readonly thinkMs?: number;
  readonly fails?: (talk: Talk) => boolean;
}

/** Conversations of so many turns; each answer takes 10 ms. */
function startTalks({ load, stop, turns, thinkMs = 0, answerMs = () => 10, fails = () => false }: RigInput): Rig {
  const clock = createVirtualClock(0);
  const seen: Rig['seen'] = [];
  let begun = 0;
  const phase = new PhaseRun<Talk>({
    clock,
    load,
    stop: { requests: undefined, durationMs: undefined, ...stop },
    pacer: createPacer(load, { random: createRandom(1, 'arrivals/0') }),
    prepare: () => ({ conversation: ++begun, turn: 1, left: turns - 1 }),
    followUps: ({ left }) => left,
    follow(talk, record) {
      if (talk.left === 0 || record.outcome.kind !== 'completed') return undefined;
      return { delayMs: thinkMs, prepare: () => ({ ...talk, turn: talk.turn + 1, left: talk.left - 1 }) };
    },
    start(talk, { scheduledAtMs }, done) {
      seen.push({ what: `${talk.conversation}.${talk.turn}`, atMs: clock.nowMs(), scheduledAtMs });
      const forget = clock.after(answerMs(talk), () => {
        const instants = buildInstants({ startedAtMs: 0, endedAtMs: clock.nowMs() });
        const by = 'plan' as const;
        done(buildRecord({ instants, outcome: fails(talk) ? { kind: 'cancelled', by } : { kind: 'completed' } }));
      });
      return {
        cancel(by) {
          forget();
          clock.soon(() => done(buildRecord({ outcome: { kind: 'cancelled', by } })));
        },
      };
    },
    retryDelayMs: () => undefined,
    gate: undefined,
  });
  return { clock, phase, end: phase.run(), seen };
}

const clients = (concurrency: number): Load => ({ kind: 'closed-loop', concurrency, requestDelayMs: 0, stages: [] });
const order = (rig: Rig): readonly string[] => rig.seen.map(({ what, atMs }) => `${what}@${atMs}`);

describe('conversations', () => {
  test('a client carries its conversation to its end before it begins another', async () => {
    const rig = startTalks({ load: clients(1), stop: { requests: 4 }, turns: 2 });
    await rig.clock.until(rig.end);
    assert.deepEqual(order(rig), ['1.1@0', '1.2@10', '2.1@20', '2.2@30']);
  });

  test('what has begun is ended, so that the last conversation may go beyond the number of requests', async () => {
    const rig = startTalks({ load: clients(2), stop: { requests: 4 }, turns: 3 });
    await rig.clock.until(rig.end);
    // The first promises three requests, the second three more: with six of four there is no third.
    assert.deepEqual(order(rig), ['1.1@0', '2.1@0', '1.2@10', '2.2@10', '1.3@20', '2.3@20']);
    // Until the first client is free with nothing left to begin, the load is what was asked for.
    assert.equal(rig.phase.sendingEndAtMs, 30);
  });

  test('think time passes between an answer and the next turn, and its client stays busy', async () => {
    const rig = startTalks({ load: clients(1), stop: { requests: 4 }, turns: 2, thinkMs: 100 });
    await rig.clock.until(rig.end);
    assert.deepEqual(order(rig), ['1.1@0', '1.2@110', '2.1@120', '2.2@230']);
  });

  test('a turn that did not complete ends its conversation', async () => {
    const fails = ({ conversation, turn }: Talk): boolean => conversation === 1 && turn === 2;
    const rig = startTalks({ load: clients(1), stop: { requests: 6 }, turns: 3, fails });
    await rig.clock.until(rig.end);
    assert.deepEqual(order(rig), ['1.1@0', '1.2@10', '2.1@20', '2.2@30', '2.3@40']);
  });

  test('in an open loop arrivals begin conversations, and a turn is due when its think time is over', async () => {
    const load = {
      kind: 'open-loop',
      arrival: 'constant',
      ratePerSecond: 50,
      maxInFlight: undefined,
      stages: [],
    } as const;
    const rig = startTalks({ load, stop: { requests: 4 }, turns: 2, thinkMs: 25 });
    await rig.clock.until(rig.end);
    // Arrivals at 0 and 20 ms; turns at 10 + 25 and 30 + 25.
    assert.deepEqual(
      rig.seen.map(({ what, scheduledAtMs }) => [what, scheduledAtMs]),
      [
        ['1.1', 0],
        ['2.1', 20],
        ['1.2', 35],
        ['2.2', 55],
      ],
    );
  });

  test('after the time is over no turn is sent', async () => {
    const rig = startTalks({ load: clients(1), stop: { durationMs: 25 }, turns: 5 });
    const { endAtMs } = await rig.clock.until(rig.end);
    assert.deepEqual(order(rig), ['1.1@0', '1.2@10', '1.3@20']);
    assert.equal(endAtMs, 30);
    assert.equal(rig.phase.sendingEndAtMs, 25);
  });

  test('whoever thinks when the run is stopped says nothing more', async () => {
    const rig = startTalks({ load: clients(2), stop: { requests: 100 }, turns: 2, thinkMs: 1_000 });
    rig.clock.after(500, () => rig.phase.stop(0));
    const { endAtMs } = await rig.clock.until(rig.end);
    assert.deepEqual(order(rig), ['1.1@0', '2.1@0']);
    assert.equal(endAtMs, 500);
  });
});

const SPOKEN = {
  item: {
    index: 4,
    name: undefined,
    messages: [{ role: 'user', content: 'Hi' }],
    maxTokens: 5,
    tools: undefined,
    toolChoice: undefined,
  },
  asked: { ...NOTHING_ASKED, inputTokens: 1, outputTokens: 5, conversation: 9, turn: 1, turns: 3 },
  laterTurns: [
    { content: 'Why?', maxTokens: 7, inputTokens: 2 },
    { content: 'Really?', maxTokens: undefined, inputTokens: 2 },
  ],
} as const;

const answered = (answer: string, reasoning: string = ''): RequestRecord =>
  buildRecord({ text: { prompt: 'Hi', reasoning, answer } });

test('the next turn holds the live answer, without its reasoning', () => {
  const next = nextTurn(SPOKEN, answered('Hello you', 'hm'));
  assert.deepEqual(next?.item.messages, [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: 'Hello you' },
    { role: 'user', content: 'Why?' },
  ]);
  assert.equal(next?.item.maxTokens, 7);
  assert.deepEqual(next?.asked, { ...SPOKEN.asked, inputTokens: undefined, outputTokens: 7, turn: 2 });
  const last = next === undefined ? undefined : nextTurn(next, answered('Because'));
  assert.equal(last?.item.messages.length, 5);
  assert.equal(last?.asked.turn, 3);
  assert.equal(last === undefined ? undefined : nextTurn(last, answered('Yes')), undefined);
});

test('an answer of reasoning alone is not given back; a failed one ends the conversation', () => {
  assert.deepEqual(
    nextTurn(SPOKEN, answered('', 'only thoughts'))?.item.messages.map(({ content }) => content),
    ['Hi', 'Why?'],
  );
  assert.equal(nextTurn(SPOKEN, buildRecord({ outcome: { kind: 'cancelled', by: 'end' } })), undefined);
});
