/** One turn of a chat, in the canonical form that every dialect encodes from. */
export type Message = TextMessage | CallMessage | ResultMessage;

export interface TextMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A turn in which the model called tools. */
export interface CallMessage {
  readonly role: 'assistant';
  /** What it said beside the calls; may be empty. */
  readonly content: string;
  /** At least one. */
  readonly toolCalls: readonly ToolCall[];
}

export interface ToolCall {
  /** Names the call within its chat. */
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: JSON of an object, unless it made a mistake. */
  readonly arguments: string;
}

/** What a called tool gave back. */
export interface ResultMessage {
  readonly role: 'tool';
  /** Of the call that it answers. */
  readonly callId: string;
  /** Of the tool that was called. */
  readonly name: string;
  readonly content: string;
}

/** All of a turn as one text; calls as `name(arguments)`, each on a line. */
export function textOf(message: Message): string {
  const calls = 'toolCalls' in message ? message.toolCalls.map((call) => `${call.name}(${call.arguments})`) : [];
  return [...(message.content === '' && calls.length > 0 ? [] : [message.content]), ...calls].join('\n');
}
