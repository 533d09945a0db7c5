import { BARE_PLAN, type Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import { freshSeed } from '../random.ts';
import type { AddressedTarget } from './address/address-targets.ts';
import type { AppContext } from './context.ts';
import { loadPrompts } from './load-prompts.ts';
import { startRun } from './start-run.ts';

export interface Question {
  readonly prompt: string;
  /** Keeps the answer's text in the record. */
  readonly saveText: boolean;
  /** For each whole request, where the target has no limit of its own. */
  readonly timeoutMs: Milliseconds;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Asks each target one question by the loop that measures, and stores nothing. One record a target, in their order. Rejects with what
 * `startRun` throws, and with trouble on our own side.
 */
export async function askOnce(
  context: AppContext,
  targets: readonly AddressedTarget[],
  question: Question,
): Promise<readonly RequestRecord[]> {
  if (targets.length === 0) return [];
  const { origin, items } = await loadPrompts({ texts: [question.prompt] });
  const started = await startRun(context, {
    runId: undefined,
    plan: { ...ONE_REQUEST, ...planOf(targets, question), workload: origin, seed: freshSeed() },
    items,
    credentials: targets.map(({ credentials }) => credentials),
    renewals: targets.map(({ renewal }) => renewal),
    db: 'memory:',
    withRecords: true,
  });
  const { result, trouble } = await started.outcome;
  if (trouble !== undefined) throw trouble;
  return (result.records ?? []).toSorted((one, other) => one.targetIndex - other.targetIndex);
}

/** What is the same for every question: one request a target, all providers at once, no second try. */
const ONE_REQUEST: Omit<Plan, 'targets' | 'workload' | 'timeouts' | 'seed' | 'saveText'> = {
  ...BARE_PLAN,
  load: { kind: 'closed-loop', concurrency: 1, requestDelayMs: 0, stages: [] },
  stop: { requests: 1, durationMs: undefined },
  workers: 1,
};

function planOf(
  targets: readonly AddressedTarget[],
  { saveText, timeoutMs }: Question,
): Pick<Plan, 'targets' | 'timeouts' | 'saveText'> {
  return {
    targets: targets.map(({ target }) => target),
    timeouts: { connectMs: CONNECT_TIMEOUT_MS, firstTokenMs: undefined, idleMs: undefined, totalMs: timeoutMs },
    saveText,
  };
}
