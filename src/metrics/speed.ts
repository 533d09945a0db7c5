import type { RequestRecord } from '../model/record.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import { e2eMs, isBuffered, ttftMs } from './latency.ts';
import { inputTokens, outputTokens } from './tokens.ts';

/** Output tokens ÷ (E2E − TTFT), per second. Undefined without TTFT or count, unless completed, and when buffered. */
export function tokensPerSecond(record: RequestRecord): number | undefined {
  const ttft = ttftMs(record);
  const e2e = e2eMs(record);
  if (ttft === undefined || e2e === undefined || isBuffered(record)) return undefined;
  return perSecond(outputTokens(record)?.tokens, e2e - ttft);
}

/** Output tokens ÷ E2E, per second. Undefined without a count or unless completed. */
export function e2eTokensPerSecond(record: RequestRecord): number | undefined {
  return perSecond(outputTokens(record)?.tokens, e2eMs(record));
}

/** Input tokens ÷ TTFT, per second: how fast the prompt was read, the network and queue included. Undefined without TTFT or count. */
export function inputTokensPerSecond(record: RequestRecord): number | undefined {
  return perSecond(inputTokens(record)?.tokens, ttftMs(record));
}

/** A count over a time; undefined over no time. */
export function perSecond(count: number | undefined, durationMs: number | undefined): number | undefined {
  if (count === undefined || durationMs === undefined || durationMs <= 0) return undefined;
  return (count / durationMs) * MS_PER_SECOND;
}
