import type { Message, ResultMessage, TextMessage } from '../model/message.ts';
import { malformed, type Place } from './prompt-fields.ts';
import { callsOf } from './tool-fields.ts';

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant', 'tool']);
const HINT = 'use [{"role": "user", "content": "…"}]';

interface Entry {
  readonly role?: unknown;
  readonly content?: unknown;
  readonly tool_calls?: unknown;
  readonly tool_call_id?: unknown;
}

/** A list of `{role, content}`, at least one; calls of tools and their results in OpenAI's shape. */
export function messagesOf(value: unknown, place: Place): readonly Message[] {
  if (!Array.isArray(value) || value.length === 0)
    throw malformed(place, 'messages must be a list that is not empty', HINT);
  /** Names of the tools that were called so far. */
  const called = new Map<string, string>();
  return value.map((entry: unknown) => toMessage((entry ?? {}) as Entry, called, place));
}

function toMessage(entry: Entry, called: Map<string, string>, place: Place): Message {
  const { role, content, tool_calls: calls } = entry;
  if (!ROLES.has(role)) throw malformed(place, 'a message has no role system, user, assistant or tool', HINT);
  if (role === 'assistant' && calls !== undefined && calls !== null) {
    const toolCalls = callsOf(calls, place);
    for (const { id, name } of toolCalls) called.set(id, name);
    return { role, content: textOf(content ?? '', place), toolCalls };
  }
  if (role === 'tool') return toResult(entry, called, place);
  return { role: role as TextMessage['role'], content: textOf(content, place) };
}

/** Some families want the name of the tool beside its result, which OpenAI's shape does not have. */
function toResult(entry: Entry, called: ReadonlyMap<string, string>, place: Place): ResultMessage {
  const { tool_call_id: callId, content } = entry;
  const name = typeof callId === 'string' ? called.get(callId) : undefined;
  if (typeof callId !== 'string' || name === undefined) {
    throw malformed(
      place,
      'a message with role tool answers no call before it',
      'give it the "tool_call_id" of a call in an assistant message before it',
    );
  }
  return { role: 'tool', callId, name, content: textOf(content, place) };
}

function textOf(content: unknown, place: Place): string {
  if (typeof content === 'string') return content;
  throw malformed(place, 'the content of a message must be a text', HINT);
}
