import type { RequestRecord } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import { outputTokens, tokensPerEvent } from './tokens.ts';

/** First generated output of any kind, reasoning included. Undefined without a token or when the answer was not streamed. */
export function ttftMs(record: RequestRecord): Milliseconds | undefined {
  return since(record.instants.startedAtMs, record.instants.firstTokenAtMs);
}

/** First output that is not reasoning. Undefined when only reasoning came. */
export function ttfoMs(record: RequestRecord): Milliseconds | undefined {
  return since(record.instants.startedAtMs, record.instants.firstOutputAtMs);
}

/** TTFT from when the request was due: free of coordinated omission. Undefined in closed loop. */
export function ttftScheduledMs(record: RequestRecord): Milliseconds | undefined {
  return since(record.instants.scheduledAtMs, record.instants.firstTokenAtMs);
}

/** Start to terminal marker or end of body. Undefined unless completed. */
export function e2eMs(record: RequestRecord): Milliseconds | undefined {
  return isCompleted(record) ? since(record.instants.startedAtMs, record.instants.endedAtMs) : undefined;
}

/** E2E from when the request was due. Undefined in closed loop or unless completed. */
export function e2eScheduledMs(record: RequestRecord): Milliseconds | undefined {
  return isCompleted(record) ? since(record.instants.scheduledAtMs, record.instants.endedAtMs) : undefined;
}

/** How late the client itself started a request. Undefined in closed loop. */
export function dispatchDelayMs(record: RequestRecord): Milliseconds | undefined {
  return since(record.instants.scheduledAtMs, record.instants.startedAtMs);
}

/** Start to failure. Undefined unless failed. */
export function timeToErrorMs(record: RequestRecord): Milliseconds | undefined {
  return record.outcome.kind === 'failed' ? since(record.instants.startedAtMs, record.instants.endedAtMs) : undefined;
}

/** Whether several tokens came, all in one read, so that nothing can be said about their pace. */
export function isBuffered(record: RequestRecord): boolean {
  const [first] = record.events;
  if (first === undefined || record.events.at(-1)?.atMs !== first.atMs) return false;
  return record.events.length > 1 || (outputTokens(record)?.tokens ?? 0) > 1;
}

/** First to last token-bearing event. Undefined below two tokens or two events, and when buffered. */
export function decodeMs(record: RequestRecord): Milliseconds | undefined {
  const tokens = outputTokens(record)?.tokens ?? 0;
  if (tokens < 2 || record.events.length < 2 || isBuffered(record)) return undefined;
  return since(record.instants.firstTokenAtMs, record.instants.lastTokenAtMs);
}

/**
 * Mean time per output token after the first: decode ÷ (output tokens − 1). Undefined as `decodeMs`.
 * Same as OpenTelemetry `gen_ai.server.time_per_output_token`; AIPerf and guidellm call this ITL.
 */
export function tpotMs(record: RequestRecord): Milliseconds | undefined {
  const decode = decodeMs(record);
  const tokens = outputTokens(record)?.tokens;
  return decode === undefined || tokens === undefined ? undefined : decode / (tokens - 1);
}

/** Gaps between token-bearing events as observed, in order; one fewer than events. vLLM's "ITL". */
export function tbtMs(record: RequestRecord): readonly Milliseconds[] {
  const gaps: number[] = [];
  let before: number | undefined;
  for (const event of record.events) {
    if (before !== undefined) gaps.push(event.atMs - before);
    before = event.atMs;
  }
  return gaps;
}

/** The same gaps per token: each spread evenly over the tokens of its later event. Empty when tokens per event are unknown. */
export function itlMs(record: RequestRecord): readonly Milliseconds[] {
  const tokens = tokensPerEvent(record);
  if (tokens === undefined) return [];
  return tbtMs(record).flatMap((gap, index) => {
    const count = tokens[index + 1] ?? 1;
    return new Array<number>(count).fill(gap / count);
  });
}

/** The longest gap of one request. Undefined below two events. */
export function stallMs(record: RequestRecord): Milliseconds | undefined {
  const gaps = tbtMs(record);
  return gaps.length === 0 ? undefined : gaps.reduce((longest, gap) => Math.max(longest, gap));
}

/** First tool name. Undefined without a tool call. */
export function toolCallLatencyMs(record: RequestRecord): Milliseconds | undefined {
  return since(record.instants.startedAtMs, record.instants.toolNameAtMs);
}

/** First tool name to the last piece of arguments. Undefined without either. */
export function toolArgumentsMs(record: RequestRecord): Milliseconds | undefined {
  return since(record.instants.toolNameAtMs, record.instants.toolArgumentsAtMs);
}

function isCompleted(record: RequestRecord): boolean {
  return record.outcome.kind === 'completed';
}

function since(from: Milliseconds | undefined, to: Milliseconds | undefined): Milliseconds | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}
