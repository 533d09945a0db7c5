import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPlan, buildRun, buildTarget } from '../../test/support/record-builder.ts';
import { AppError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import { EMPTY_PROFILE } from '../model/target.ts';
import { argumentsOf, differencesFrom, likeBefore } from './repeat-run.ts';

const FILE = { source: 'p.txt', sha256: 'a'.repeat(64), items: 2 };
const SAME = { hasPrompts: false, mayDiffer: false, hasTargets: false };
const planOf = (more: Partial<Plan> = {}): Plan => buildPlan({ workload: FILE, repeatArguments: ['m'], ...more });

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'RUN_NOT_REPEATABLE', String(error));
    return error.message;
  }
  throw new assert.AssertionError({ message: 'it was not refused' });
}

test('a run is made again from its arguments', () => {
  assert.deepEqual(argumentsOf(buildRun({ plan: planOf() }), SAME), ['m']);
});

test('without its arguments, or without its prompts, it cannot be', () => {
  assert.match(
    refusal(() => argumentsOf(buildRun(), SAME)),
    /its command line was not kept/,
  );
  const inline = buildRun({ plan: planOf({ workload: { ...FILE, source: 'inline' } }) });
  assert.match(
    refusal(() => argumentsOf(inline, SAME)),
    /its 2 prompts were given by --prompt/,
  );
  assert.deepEqual(argumentsOf(inline, { hasPrompts: true }), ['m']);
});

test('a file of prompts that says something else by now is refused, unless other prompts are meant', () => {
  const run = buildRun({ plan: planOf() });
  const changed = planOf({ workload: { ...FILE, sha256: 'b'.repeat(64) } });
  assert.match(
    refusal(() => likeBefore(changed, run, SAME)),
    /p\.txt holds other prompts .*bbbbbbbbbbbb, then aaaaaaaaaaaa/,
  );
  assert.equal(likeBefore(changed, run, { ...SAME, mayDiffer: true }).workload.sha256, changed.workload.sha256);
});

test('targets are taken as they were, unless others are meant or they have moved', () => {
  const before = buildTarget({ profile: { ...EMPTY_PROFILE, contextWindow: 4_096 } });
  const run = buildRun({ plan: planOf({ targets: [before] }) });
  assert.deepEqual(likeBefore(planOf(), run, SAME).targets, [before]);
  assert.deepEqual(likeBefore(planOf(), run, { ...SAME, hasTargets: true }).targets, [buildTarget()]);
  const moved = buildTarget({ url: 'http://127.0.0.1:1/v1' });
  assert.deepEqual(likeBefore(planOf({ targets: [moved] }), run, SAME).targets, [moved]);
});

test('what differs is told, and nothing where nothing does', () => {
  const run = buildRun({ plan: planOf() });
  assert.deepEqual(differencesFrom(run.plan, run), []);
  const targets = [buildTarget({ url: 'http://h/v1' }), buildTarget({ model: 'other' })];
  const load = { kind: 'closed-loop', concurrency: 4, stages: [], requestDelayMs: 0 } as const;
  assert.deepEqual(differencesFrom(planOf({ targets, load, seed: 2 }), run), [
    'targets: local fake → local fake, local other',
    'seed: 1 → 2',
    'load: 1 at a time → 4 at a time',
    'url: http://127.0.0.1:9999/v1 → http://h/v1',
  ]);
});
