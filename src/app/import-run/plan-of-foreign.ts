import type { Plan } from '../../model/plan.ts';
import { EMPTY_PROFILE } from '../../model/target.ts';
import type { ForeignRun } from './foreign.ts';

/**
 * A plan that names what was measured. The rest of it says nothing of the run, for their file does not tell; reports of an imported run
 * show what their file says, and not this.
 */
export function planOf({ tool, model, url, requests, concurrency }: ForeignRun, file: string): Plan {
  return {
    targets: [
      { provider: tool, model: model ?? 'unknown', url: url ?? '', dialect: 'openai-chat', profile: EMPTY_PROFILE },
    ],
    workload: { source: file, sha256: '', items: 0 },
    load: { kind: 'closed-loop', concurrency: concurrency ?? 1, requestDelayMs: 0, stages: [] },
    stop: { requests, durationMs: undefined },
    warmupRequests: 0,
    warmupMs: undefined,
    cooldownMs: undefined,
    cancellation: undefined,
    interleave: undefined,
    isHttp2: false,
    quantileObjectives: [],
    timeouts: { connectMs: 0, firstTokenMs: undefined, idleMs: undefined, totalMs: 0 },
    retry: { maxRetries: 0, delayMs: 0 },
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    parameterMode: 'pass',
    tokenCounting: { when: 'missing', tokenizer: undefined },
    budgetUsd: undefined,
    isStreamed: true,
    headerNames: [],
    cache: 'natural',
    contextTiers: [],
    conversation: undefined,
    outputLength: 'limit',
    objectives: [],
    providerConcurrency: undefined,
    workers: 'auto',
    seed: 0,
    saveText: false,
    repeatArguments: undefined,
  };
}
