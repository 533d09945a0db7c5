import type { AnswerEvent, AnswerEvents, Ending } from './answer-events.ts';
import type { FaultKind } from './options.ts';

interface StreamFault {
  readonly fault: FaultKind | undefined;
  /** Tokens of the whole answer; half of them come before a fault that cuts it. */
  readonly totalTokens: number;
  readonly slowEndMs: number;
}

/** The error of the fault `error-json` and of the error events. */
export const STREAM_ERROR_JSON: string =
  '{"error":{"message":"Simulated failure in the stream","type":"server_error","code":"simulated"}}';

/** The events as the fault leaves them: cut or disturbed once half of the tokens are sent. */
export function* withFault(events: AnswerEvents, { fault, totalTokens, slowEndMs }: StreamFault): AnswerEvents {
  if (fault === 'stall-before') return { how: 'hang', dueMs: 0 };
  let sentTokens = 0;
  let isDisturbed = false;
  let next = events.next();
  for (; next.done !== true; next = events.next()) {
    const event = next.value;
    if (!isDisturbed && event.kind !== 'role' && sentTokens * 2 >= totalTokens) {
      isDisturbed = true;
      const ending = yield* disturb(fault, event.dueMs);
      if (ending !== undefined) return ending;
    }
    yield event;
    sentTokens += event.tokens;
  }
  const { dueMs } = next.value;
  return fault === 'slow-end' ? { how: 'late-end', dueMs: dueMs + slowEndMs } : next.value;
}

/** What happens in the middle; an ending if nothing follows. */
function* disturb(fault: FaultKind | undefined, dueMs: number): Generator<AnswerEvent, Ending | undefined> {
  switch (fault) {
    case 'reset':
    case 'close':
      return { how: fault, dueMs };
    case 'stall':
      return { how: 'hang', dueMs };
    case 'truncate':
      return { how: 'end', dueMs };
    case 'error-event':
    case 'error-field':
      yield { kind: fault === 'error-field' ? fault : 'error', data: STREAM_ERROR_JSON, dueMs, tokens: 0 };
      yield { kind: 'done', data: '[DONE]', dueMs, tokens: 0 };
      return { how: 'end', dueMs };
    case 'malformed':
      yield { kind: 'malformed', data: '{"id":"chatcmpl-sim","choices":[{"delta":', dueMs, tokens: 0 };
      return undefined;
    default:
      return undefined;
  }
}
