import { BARE_PLAN, type Plan } from '../../model/plan.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import type { ForeignRun } from './foreign.ts';

/**
 * A plan that names what was measured. The rest of it says nothing of the run, for their file does not tell; reports of an imported run
 * show what their file says, and not this.
 */
export function planOf({ tool, model, url, requests, concurrency }: ForeignRun, file: string): Plan {
  return {
    ...BARE_PLAN,
    targets: [
      { provider: tool, model: model ?? 'unknown', url: url ?? '', dialect: 'openai-chat', profile: EMPTY_PROFILE },
    ],
    workload: { source: file, sha256: '', items: 0 },
    load: { kind: 'closed-loop', concurrency: concurrency ?? 1, requestDelayMs: 0, stages: [] },
    stop: { requests, durationMs: undefined },
    timeouts: { connectMs: 0, firstTokenMs: undefined, idleMs: undefined, totalMs: 0 },
    parameterMode: 'pass',
    workers: 'auto',
    seed: 0,
  };
}
