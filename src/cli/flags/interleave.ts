import { AppError } from '../../errors.ts';
import type { Plan } from '../../model/plan.ts';
import type { PlanFlags } from './run-flags.ts';
import { optional } from './target-flags.ts';
import { invalidFlag, readCount } from './values.ts';

/** What a plan needs to have for its targets to take turns. */
type Turned = Pick<Plan, 'targets' | 'load' | 'retry' | 'conversation' | 'workers'>;

/** `--interleave 4`. Throws FLAGS_CONFLICT and FLAG_INVALID where turns would not be what they are meant to be. */
export function readInterleave(flags: PlanFlags, plan: Turned): Plan['interleave'] {
  const requestsPerTurn = optional(flags.interleave, '--interleave', readCount);
  if (requestsPerTurn === undefined) return undefined;
  if (plan.targets.length < 2) throw invalidFlag('--interleave', 'there is one target only; name another');
  if (plan.load.kind !== 'closed-loop') throw conflict('--rate', 'arrivals wait for nobody; use --concurrency');
  if (plan.load.stages.length > 0) throw conflict('--stage', 'its level would go on while others have their turn');
  if (plan.retry.maxRetries > 0) throw conflict('--max-retries', 'a retry would fall into the turn of another target');
  if (plan.conversation !== undefined) throw conflict('--turns', 'a conversation would go on in the turn of another');
  if (plan.workers !== 'auto' && plan.workers > 1) throw conflict('--workers', 'turns are taken in one thread');
  return { requestsPerTurn };
}

function conflict(other: string, hint: string): AppError {
  return new AppError('FLAGS_CONFLICT', { first: '--interleave', second: other, hint });
}
