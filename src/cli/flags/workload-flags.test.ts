import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildPlan, buildTarget } from '../../../test/support/record-builder.ts';
import { type DraftedWorkload, fittingTiers } from '../../app/prepare-workload.ts';
import { AppError } from '../../errors.ts';
import type { Load } from '../../model/load.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import type { PlanFlags } from './run-flags.ts';
import {
  defaultRequests,
  draftPrompts,
  promptCountOf,
  readSending,
  requireLength,
  warmupOf,
  withWarmPrompts,
} from './workload-flags.ts';

const clients = (concurrency: number): Load => ({ kind: 'closed-loop', concurrency, stages: [], requestDelayMs: 0 });
const ONE = clients(1);

const draftOf = (flags: Partial<PlanFlags>): Promise<DraftedWorkload> => draftPrompts({ stream: true, ...flags });

async function sendingOf(flags: Partial<PlanFlags>, load: Load = ONE): Promise<ReturnType<typeof readSending>> {
  return readSending({ stream: true, ...flags }, { drafted: await draftOf(flags), load });
}

async function refusalOf(work: () => unknown): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  throw new Error('nothing was refused');
}

const EXAMPLES = new URL('../../../examples/', import.meta.url).pathname;
const DATASET = `${EXAMPLES}sharegpt.json`;
const TRACE = `${EXAMPLES}trace.jsonl`;

describe('what a load is, and so cold', () => {
  for (const [flags, load, cache] of [
    [{ prompt: ['a'] }, ONE, 'natural'],
    [{ prompt: ['a'] }, clients(2), 'cold'],
    [{ prompt: ['a'], randomizePrompt: true }, ONE, 'cold'],
    [{ prompt: ['a'], cache: 'natural' }, clients(2), 'natural'],
    [{ prompt: ['a'], contextTiers: '0,1k' }, ONE, 'cold'],
    [{ synthetic: 'in=5' }, ONE, 'cold'],
    [{ synthetic: 'in=5', cache: 'warm' }, ONE, 'warm'],
    [{ dataset: DATASET }, ONE, 'cold'],
    [{ trace: TRACE }, { kind: 'trace', speed: 1, maxInFlight: undefined }, 'cold'],
  ] as const satisfies readonly (readonly [Partial<PlanFlags>, Load, string])[]) {
    test(`${JSON.stringify(flags)} with ${JSON.stringify(load)}: ${cache}`, async () => {
      assert.equal((await sendingOf(flags, load)).cache, cache);
    });
  }
});

test('tiers and conversations become part of the plan', async () => {
  const flags = { synthetic: 'in=5', contextTiers: '10k, 0,1k,10000', turns: '2..6', thinkTime: '2s' };
  const { contextTiers, conversation, outputLength } = await sendingOf(flags);
  assert.deepEqual(contextTiers, [0, 1_000, 10_000]);
  assert.deepEqual(conversation, { maxTurns: 6, thinkTimeMs: 2_000 });
  assert.equal(outputLength, 'limit');
  assert.deepEqual((await sendingOf({ dataset: DATASET, turns: '3' })).conversation, { maxTurns: 3, thinkTimeMs: 0 });
});

for (const [flags, problem] of [
  [{}, /--prompt-file is missing/],
  [{ prompt: ['a'], synthetic: 'in=5' }, /--prompt cannot stand beside --synthetic/],
  [{ dataset: DATASET, trace: TRACE }, /--dataset cannot stand beside --trace/],
  [{ prompt: ['a'], prefixShare: '0.5' }, /--synthetic is missing/],
  [{ dataset: DATASET, prefixShare: '0.5' }, /--synthetic is missing/],
  [{ trace: TRACE, turns: '2' }, /--synthetic or --dataset is missing/],
  [{ dataset: DATASET, turns: '2..3' }, /--turns: "2..3" is not a whole number/],
  [{ synthetic: 'in=5', thinkTime: '1s' }, /--turns is missing/],
  [{ trace: TRACE, contextTiers: '0' }, /--context-tiers cannot stand beside --trace/],
  [{ trace: TRACE, cache: 'warm' }, /--cache warm cannot stand beside --trace/],
  [{ prompt: ['a'], contextTiers: '1m' }, /--context-tiers: "1m" is no number of tokens/],
  [{ prompt: ['a'], randomizePrompt: true, cache: 'warm' }, /--randomize-prompt cannot stand beside --cache warm/],
] as const satisfies readonly (readonly [Partial<PlanFlags>, RegExp])[]) {
  test(`${JSON.stringify(flags)} is refused`, async () => {
    const { message, code } = await refusalOf(() => sendingOf(flags));
    assert.match(message, problem);
    assert.match(code, /^FLAG/);
  });
}

test('how many requests there are where nobody says', async () => {
  for (const [flags, tiers, count, requests] of [
    [{ synthetic: 'in=5' }, 0, undefined, 100],
    [{ synthetic: 'in=5' }, 3, undefined, 100],
    [{ synthetic: 'in=5,prompts=7' }, 0, 7, 7],
    [{ synthetic: 'in=5,prompts=700' }, 0, 700, 100],
    [{ trace: TRACE }, 0, 4, 4], // All of it.
    [{ dataset: DATASET }, 0, 100, 100], // As many as it may hold.
    [{ dataset: DATASET, numRequests: '7' }, 2, 14, 14],
    [{ prompt: ['a', 'b'] }, 3, 6, 6],
  ] as const) {
    const drafted = await draftOf(flags);
    const found = promptCountOf(drafted, tiers);
    assert.deepEqual([found, defaultRequests(drafted, found)], [count, requests], JSON.stringify(flags));
  }
});

test('a warm cache is warmed with all that is measured, and no more', async () => {
  const given = { warmupRequests: 1, warmupMs: undefined };
  const warm = (more: object): unknown =>
    warmupOf({ ...given, ...more }, { cache: 'warm', promptCount: 8, requests: 20 });
  assert.deepEqual(warm({}), { warmupRequests: 8, warmupMs: undefined });
  assert.deepEqual(warm({ warmupRequests: 9 }), { warmupRequests: 9, warmupMs: undefined });
  const few = warmupOf(given, { cache: 'warm', promptCount: 8, requests: 3 });
  assert.equal(few.warmupRequests, 3);
  assert.deepEqual(warmupOf(given, { cache: 'cold', promptCount: 8, requests: 3 }), given);
  assert.equal((await refusalOf(() => warm({ warmupRequests: 0 }))).code, 'FLAGS_CONFLICT');
  assert.equal((await refusalOf(() => warm({ warmupMs: 10 }))).code, 'FLAGS_CONFLICT');
  const drafted = withWarmPrompts(await draftOf({ synthetic: 'in=5' }), 'warm');
  assert.equal(promptCountOf(drafted, 0), 10);
});

test('an exact length needs a length', async () => {
  requireLength(await draftOf({ synthetic: 'in=5,out=5' }), undefined);
  requireLength(await draftOf({ synthetic: 'in=5' }), 7);
  requireLength(await draftOf({ trace: TRACE }), undefined);
  const drafted = await draftOf({ synthetic: 'in=5' });
  assert.match((await refusalOf(() => requireLength(drafted, undefined))).message, /--max-tokens is missing/);
});

test('tiers that do not fit a target are left out and said', async () => {
  const targetOf = (model: string, contextWindow: number | undefined): ReturnType<typeof buildTarget> =>
    buildTarget({ model, profile: { ...EMPTY_PROFILE, contextWindow } });
  const plan = buildPlan({
    targets: [targetOf('wide', 128_000), targetOf('small', 8_192), targetOf('unknown', undefined)],
    parameters: { temperature: undefined, maxTokens: 1_092, maxTokensName: undefined, extra: {} },
    contextTiers: [0, 7_000, 7_001, 50_000],
  });
  // 8192 − 1092 − 100 = 7000.
  const { tiers, notes } = fittingTiers(plan, undefined);
  assert.deepEqual(tiers, [
    [0, 7_000, 7_001, 50_000],
    [0, 7_000],
    [0, 7_000, 7_001, 50_000],
  ]);
  assert.deepEqual(
    notes.map((note) => note.replace(/ is skipped.*/, '')),
    ['local small: the tier of 7001 tokens', 'local small: the tier of 50000 tokens'],
  );
  const { code, message } = await refusalOf(() => fittingTiers({ ...plan, contextTiers: [50_000] }, undefined));
  assert.deepEqual([code, /7000 tokens at most/.test(message)], ['TIERS_TOO_LARGE', true]);
});
