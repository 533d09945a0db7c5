import type { RetryRule } from '../model/plan.ts';
import type { FailureKind, RequestRecord } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Random } from '../random.ts';

/** Failures that another attempt may not meet again. A refused key, a wrong model or a full prompt will not get better by waiting. */
const TRANSIENT_KINDS: ReadonlySet<FailureKind> = new Set([
  'dns',
  'connect',
  'tls',
  'timeout-connect',
  'timeout-first-token',
  'timeout-idle',
  'reset',
  'rate-limited',
  'overloaded',
  'server',
  'stream-error',
  'truncated',
]);

/** A server that asks for more patience than this gets no retry: the run would seem to hang. */
export const MAX_RETRY_WAIT_MS = 120_000;

/**
 * How long to wait before the next attempt; undefined: no further one. Exponential from the rule's delay, half of it jitter, so that
 * clients refused together do not come back together; a longer Retry-After wins.
 */
export function retryDelayMs(record: RequestRecord, rule: RetryRule, random: Random): Milliseconds | undefined {
  if (record.outcome.kind !== 'failed' || record.attempt > rule.maxRetries) return undefined;
  const { kind, retryAfterMs } = record.outcome.failure;
  if (!TRANSIENT_KINDS.has(kind)) return undefined;
  const backoffMs = rule.delayMs * 2 ** (record.attempt - 1) * (0.5 + random.next() / 2);
  const waitMs = Math.max(backoffMs, retryAfterMs ?? 0);
  return waitMs > MAX_RETRY_WAIT_MS ? undefined : waitMs;
}
