import { type AnswerEvent, type AnswerEvents, type Ending, toEvent } from './answer-events.ts';
import type { FaultKind } from './options.ts';
import type { Frame } from './shapes/shape.ts';

interface StreamFault {
  readonly fault: FaultKind | undefined;
  /** Tokens of the whole answer; half of them come before a fault that cuts it. */
  readonly totalTokens: number;
  readonly slowEndMs: number;
  /** What the family sends when it fails amid a stream. */
  readonly fail: (isField: boolean) => readonly Frame[];
}

/** The events as the fault leaves them: cut or disturbed once half of the tokens are sent. */
export function* withFault(events: AnswerEvents, streamFault: StreamFault): AnswerEvents {
  const { fault, totalTokens, slowEndMs } = streamFault;
  if (fault === 'stall-before') return { how: 'hang', dueMs: 0 };
  let sentTokens = 0;
  let isDisturbed = false;
  let next = events.next();
  for (; next.done !== true; next = events.next()) {
    const event = next.value;
    if (!isDisturbed && event.kind !== 'opening' && sentTokens * 2 >= totalTokens) {
      isDisturbed = true;
      const ending = yield* disturb(streamFault, event);
      if (ending !== undefined) return ending;
    }
    yield event;
    sentTokens += event.tokens;
  }
  const { dueMs } = next.value;
  return fault === 'slow-end' ? { how: 'late-end', dueMs: dueMs + slowEndMs } : next.value;
}

/** What happens in the middle; an ending if nothing follows. */
function* disturb({ fault, fail }: StreamFault, event: AnswerEvent): Generator<AnswerEvent, Ending | undefined> {
  const { dueMs } = event;
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
      for (const frame of fail(fault === 'error-field')) yield toEvent(frame, dueMs);
      return { how: 'end', dueMs };
    case 'malformed':
      // The event that would come next, torn in its middle; bare text would only be more text.
      if (event.data.startsWith('{')) {
        yield { ...event, kind: 'other', data: event.data.slice(0, event.data.length / 2), tokens: 0 };
      }
      return undefined;
    default:
      return undefined;
  }
}
