import type { Message } from '../model/message.ts';
import type { WorkloadItem } from '../model/workload.ts';
import { promptOf } from './jsonl.ts';
import { malformed, optionalLimit, type Place } from './prompt-fields.ts';

/** A conversation as a dataset has it. */
export interface Talk {
  readonly name: string | undefined;
  /** What stands before the first question. */
  readonly before: readonly Message[];
  /** Questions, each with the answer that was recorded, if one was. */
  readonly turns: readonly { readonly content: string; readonly answer: string | undefined }[];
  /** For every answer; undefined: not said. */
  readonly maxTokens: number | undefined;
  readonly tools: Pick<WorkloadItem, 'tools' | 'toolChoice'>;
  /** True for ShareGPT: its answers say how long ours should be. */
  readonly isRecorded: boolean;
}

const NO_TOOLS = { tools: undefined, toolChoice: undefined } as const;

const SPEAKERS: Readonly<Record<string, 'system' | 'user' | 'assistant'>> = {
  system: 'system',
  human: 'user',
  user: 'user',
  gpt: 'assistant',
  chatgpt: 'assistant',
  assistant: 'assistant',
  bing: 'assistant',
  bard: 'assistant',
};

const HINT = 'a conversation is [{"from": "human", "value": "…"}, {"from": "gpt", "value": "…"}]';

/** `[{from, value}]`; what the model says before the first question is left out, and from an unknown speaker on all. */
export function talkOfShareGpt(value: unknown, place: Place): Talk {
  if (!Array.isArray(value)) throw malformed(place, 'conversations must be a list', HINT);
  const before: Message[] = [];
  const turns: { content: string; answer: string | undefined }[] = [];
  for (const message of value as readonly unknown[]) {
    const { from, value: text } = (message ?? {}) as { readonly from?: unknown; readonly value?: unknown };
    if (typeof from !== 'string' || typeof text !== 'string') {
      throw malformed(place, 'a message has no "from" and "value" that are texts', HINT);
    }
    const role = SPEAKERS[from.toLowerCase()];
    if (role === undefined) break;
    const last = turns.at(-1);
    if (role === 'user') turns.push({ content: text, answer: undefined });
    else if (role === 'system' && last === undefined && text.trim() !== '') before.push({ role, content: text });
    else if (role === 'assistant' && last !== undefined) last.answer ??= text;
  }
  return { name: undefined, before, turns, maxTokens: undefined, tools: NO_TOOLS, isRecorded: true };
}

/** How long answers may be, by the names that other tools give it; the first one counts. */
const LENGTH_FIELDS = ['output_tokens', 'output_length', 'output_len', 'token_limit', 'max_tokens'] as const;

/** An object as in a prompt file: `prompt`, or `messages`. As turns, its questions after the first follow on live answers. */
export function talkOfMessages(fields: Readonly<Record<string, unknown>>, place: Place, isInTurns: boolean): Talk {
  const { name, messages, tools, toolChoice } = promptOf(
    { ...fields, token_limit: undefined, max_tokens: undefined },
    place,
  );
  const named = LENGTH_FIELDS.find((field) => fields[field] !== undefined && fields[field] !== null);
  const maxTokens = named === undefined ? undefined : optionalLimit(fields[named], named, place);
  const base = { name, maxTokens, tools: { tools, toolChoice }, isRecorded: false } as const;
  const isPlain = isInTurns && tools === undefined && messages.every((message) => isSaid(message));
  // Otherwise, and with tools in it, a chat is one request, as it stands.
  if (!isPlain) return { ...base, before: messages, turns: [{ content: '', answer: undefined }] };
  const questions = messages.filter(({ role }) => role === 'user');
  const first = messages.findIndex(({ role }) => role === 'user');
  return {
    ...base,
    before: messages.slice(0, Math.max(0, first)),
    turns: questions.map(({ content }) => ({ content, answer: undefined })),
  };
}

function isSaid(message: Message): boolean {
  return message.role !== 'tool' && !('toolCalls' in message);
}
