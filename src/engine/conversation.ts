import type { Message } from '../model/message.ts';
import type { RequestRecord } from '../model/record.ts';
import type { DrawnPrompt } from '../model/workload.ts';

/** A prompt of a conversation, as far as it was sent. */
type Spoken = Pick<DrawnPrompt, 'item' | 'asked' | 'laterTurns'>;

/**
 * The next turn: what was said so far, the answer that came, and what the user says now. Undefined when the conversation is over: it has no
 * further turn, or the last one has no whole answer.
 */
export function nextTurn(spoken: Spoken, record: RequestRecord): DrawnPrompt | undefined {
  const [turn, ...laterTurns] = spoken.laterTurns;
  if (turn === undefined || record.outcome.kind !== 'completed') return undefined;
  const { item, asked } = spoken;
  return {
    item: {
      ...item,
      messages: [...item.messages, ...answerOf(record), userSays(turn.content)],
      maxTokens: turn.maxTokens,
    },
    asked: {
      ...asked,
      // Of what was said so far only the server knows the length: a part of it is its own.
      inputTokens: undefined,
      outputTokens: turn.maxTokens,
      turn: (asked.turn ?? 1) + 1,
    },
    laterTurns,
  };
}

/** Reasoning is not given back: providers want it left out. An answer of nothing else leaves no trace, for some refuse an empty one. */
function answerOf({ text }: RequestRecord): readonly Message[] {
  const content = text?.answer ?? '';
  return content.trim() === '' ? [] : [{ role: 'assistant', content }];
}

function userSays(content: string): Message {
  return { role: 'user', content };
}
