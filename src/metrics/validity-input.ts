import type { Plan } from '../model/plan.ts';
import type { ThreadHealth } from '../model/run.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Distribution } from './distribution.ts';
import type { CountEvidence } from './token-evidence.ts';

/** What the ledger of one target is drawn up from; the counts are of the measured phase. */
export interface ValidityInput {
  readonly plan: Plan;
  readonly requests: number;
  readonly completed: number;
  readonly failed: number;
  /** Failed as rate-limited or overloaded. */
  readonly throttled: number;
  readonly dropped: number;
  readonly arrivalsInWindow: number;
  readonly sentInWindow: number;
  /** Mean over the steady window; undefined without one. */
  readonly meanInFlight: number | undefined;
  readonly steadyWindowMs: Milliseconds | undefined;
  readonly newConnections: number;
  readonly events: number;
  readonly coalescedEvents: number;
  readonly streamed: number;
  readonly buffered: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number | undefined;
  readonly outputTokens: number;
  /** Reasoning tokens of answers that sent no reasoning. */
  readonly hiddenReasoningTokens: number;
  /** Completed requests whose counts are not what the provider says they add up to. */
  readonly tokensUnsound: number;
  /** Of completed requests. */
  readonly tokenCounts: CountEvidence;
  readonly modelsAnswered: readonly string[];
  readonly model: string;
  readonly ttft: Distribution;
  readonly dispatchDelay: Distribution;
  /** Requests whose dispatch delay was above a limit. */
  readonly countLate: (limitMs: Milliseconds) => number;
  /** Of the threads that measured. */
  readonly threads: readonly ThreadHealth[];
}
