import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { DEFAULT_QUIRKS } from '../dialects/dialect.ts';
import { Coordinator } from './coordinator.ts';
import type { Findings, MeasuringCommand, MeasuringStep } from './messages.ts';

const FINDINGS: Findings = { goesOn: true, quirks: { ...DEFAULT_QUIRKS, asksForUsage: false }, excess: 1.5 };

interface Rig {
  /** What was sent and not yet answered, as `shard:command target`. */
  readonly open: () => readonly string[];
  readonly sent: { readonly shard: number; readonly command: MeasuringCommand }[];
  readonly answer: (shard: number, step: MeasuringStep['type'], targetIndex: number) => Promise<void>;
  readonly isOver: () => boolean;
}

/** Leads shards that answer when told to. Targets are named provider/model. */
async function lead(names: readonly string[], shardCount: number, providerConcurrency?: number): Promise<Rig> {
  const targets = names.map((name) => {
    const [provider = '', model = ''] = name.split('/');
    return buildTarget({ provider, model });
  });
  const sent: Rig['sent'] = [];
  const open = new Map<string, true>();
  const nameOf = (shard: number, type: string, targetIndex: number): string => `${shard}:${type} ${names[targetIndex]}`;
  const coordinator = new Coordinator({
    plan: buildPlan({ targets, providerConcurrency }),
    shardCount,
    clock: createVirtualClock(1_000),
    send(shard, command) {
      sent.push({ shard, command });
      if ('targetIndex' in command) open.set(nameOf(shard, command.type, command.targetIndex), true);
    },
  });
  let isOver = false;
  coordinator.run().then(() => {
    isOver = true;
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  await settle();
  return {
    open: () => [...open.keys()].sort(),
    sent,
    async answer(shard, step, targetIndex) {
      const name = nameOf(shard, step, targetIndex);
      assert.ok(open.delete(name), `${name} was not asked for`);
      coordinator.take(shard, { type: 'step', targetIndex, findings: step === 'probe' ? FINDINGS : undefined });
      await settle();
    },
    isOver: () => isOver,
  };
}

test('one shard sends the first request, all learn what it found, and all measure from one instant', async () => {
  const rig = await lead(['a/m1'], 2);
  assert.deepEqual(rig.open(), ['0:probe a/m1']);
  await rig.answer(0, 'probe', 0);
  assert.deepEqual(rig.open(), ['0:warmup a/m1', '1:warmup a/m1']);
  const warmups = rig.sent.filter(({ command }) => command.type === 'warmup');
  assert.deepEqual(
    warmups.map(({ command }) => command),
    [0, 1].map(() => ({ type: 'warmup', targetIndex: 0, findings: FINDINGS })),
  );
  await rig.answer(1, 'warmup', 0);
  assert.deepEqual(rig.open(), ['0:warmup a/m1'], 'nobody measures while another warms up');
  await rig.answer(0, 'warmup', 0);
  const measures = rig.sent.filter(({ command }) => command.type === 'measure');
  assert.deepEqual(
    measures.map(({ shard, command }) => [shard, command]),
    [0, 1].map((shard) => [shard, { type: 'measure', targetIndex: 0, startAtMs: 1_050 }]),
  );
  await rig.answer(0, 'measure', 0);
  assert.ok(!rig.isOver());
  await rig.answer(1, 'measure', 0);
  assert.ok(rig.isOver());
  assert.deepEqual(
    rig.sent.slice(-2).map(({ shard, command }) => [shard, command.type]),
    [
      [0, 'finish'],
      [1, 'finish'],
    ],
  );
});

test('a shard alone need not wait for an instant', async () => {
  const rig = await lead(['a/m1'], 1);
  await rig.answer(0, 'probe', 0);
  await rig.answer(0, 'warmup', 0);
  assert.deepEqual(rig.sent.at(-1)?.command, { type: 'measure', targetIndex: 0, startAtMs: undefined });
});

test('the next model of a provider waits for the last shard of the one before, another provider does not', async () => {
  const rig = await lead(['a/m1', 'a/m2', 'b/m1'], 2);
  for (const target of [0, 2]) {
    await rig.answer(0, 'probe', target);
    for (const shard of [0, 1]) await rig.answer(shard, 'warmup', target);
  }
  assert.deepEqual(rig.open(), ['0:measure a/m1', '0:measure b/m1', '1:measure a/m1', '1:measure b/m1']);
  await rig.answer(0, 'measure', 0);
  assert.deepEqual(rig.open(), ['0:measure b/m1', '1:measure a/m1', '1:measure b/m1']);
  await rig.answer(1, 'measure', 0);
  assert.deepEqual(rig.open(), ['0:measure b/m1', '0:probe a/m2', '1:measure b/m1']);
});

test('with one provider at a time the second waits until the first has ended everywhere', async () => {
  const rig = await lead(['a/m1', 'b/m1'], 2, 1);
  await rig.answer(0, 'probe', 0);
  for (const shard of [0, 1]) await rig.answer(shard, 'warmup', 0);
  await rig.answer(0, 'measure', 0);
  assert.deepEqual(rig.open(), ['1:measure a/m1']);
  await rig.answer(1, 'measure', 0);
  assert.deepEqual(rig.open(), ['0:probe b/m1']);
});
