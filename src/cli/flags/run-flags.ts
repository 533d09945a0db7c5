import type { CacheMode } from '../../model/workload.ts';
import type { TargetFlags } from './target-flags.ts';

/** The flags that make a plan, as they were written; `declare/plan-options.ts` declares them, `flags/plan.ts` reads their values. */
export interface PlanFlags extends TargetFlags {
  readonly prompt?: readonly string[];
  readonly promptFile?: string;
  readonly synthetic?: string;
  readonly dataset?: string;
  readonly trace?: string;
  readonly outputLength?: 'limit' | 'exact';
  readonly prefixShare?: string;
  readonly contextTiers?: string;
  readonly turns?: string;
  readonly thinkTime?: string;
  readonly runs?: string;
  readonly numRequests?: string;
  readonly duration?: string;
  readonly concurrency?: string;
  readonly interleave?: string;
  readonly providerConcurrency?: string;
  readonly rate?: string;
  readonly arrival?: string;
  readonly ramp?: string;
  readonly stage?: readonly string[];
  readonly speed?: string;
  readonly maxInFlight?: string;
  readonly workers?: string;
  readonly warmup?: string;
  readonly cooldown?: string;
  readonly cancelRate?: string;
  readonly requestDelay?: string;
  readonly maxRetries?: string;
  readonly retryDelay?: string;
  readonly timeout?: string;
  readonly connectTimeout?: string;
  readonly firstTokenTimeout?: string;
  readonly idleTimeout?: string;
  readonly randomizePrompt?: boolean;
  readonly cache?: CacheMode;
  /** False with `--no-stream`. */
  readonly stream: boolean;
  readonly http2?: boolean;
  readonly slo?: readonly string[];
  readonly maxTtftS?: string;
  readonly maxE2eS?: string;
  readonly budget?: string;
  readonly countTokens?: boolean;
  readonly tokenizer?: string;
  readonly seed?: string;
}

/** The flags that a sweep and a search share beside those of a plan. */
export interface GroupFlags extends PlanFlags {
  readonly groupId?: string;
  readonly db?: string;
  /** False with `--no-save`. */
  readonly save: boolean;
  readonly saveText?: boolean;
  readonly output: 'text' | 'json' | 'csv';
  /** False with `--no-progress`. */
  readonly progress: boolean;
  readonly verbose?: boolean;
  readonly dryRun?: boolean;
}

/** The flags of `run`. */
export interface RunFlags extends PlanFlags {
  readonly runId?: string;
  readonly db?: string;
  /** False with `--no-save`. */
  readonly save: boolean;
  /** To find the run again. */
  readonly label?: readonly string[];
  readonly saveText?: boolean;
  readonly export?: readonly string[];
  readonly countTokens?: boolean;
  readonly tokenizer?: string;
  readonly output: 'text' | 'json' | 'csv';
  readonly include?: 'requests';
  readonly stats?: boolean;
  readonly histogram?: boolean;
  readonly failIf?: readonly string[];
  /** False with `--no-progress`. */
  readonly progress: boolean;
  readonly verbose?: boolean;
  readonly dryRun?: boolean;
}
