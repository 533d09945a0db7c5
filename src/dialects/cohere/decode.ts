import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { pushFinish, pushText } from '../parts.ts';
import type { TextNames } from '../text-shortcut.ts';
import { findUsage } from './usage.ts';

/** https://docs.cohere.com/docs/streaming */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(new ChatDecoder(), onFrame);
}

/** An event holds a piece of the message that a whole body holds; what it is shows in its fields, not in the event's name. */
class ChatDecoder implements FrameDecoder {
  /** Numbers of the tool calls, by the index of their events. */
  readonly #calls = new Map<number, number>();
  #callCount = 0;
  readonly textNames: TextNames = { content: ['text'], reasoning: ['thinking', 'tool_plan'] };

  event(data: string): Frame {
    const event = parseObject(data);
    if (typeof event === 'string') return [{ type: 'malformed', message: event }];
    if (isError(event)) return [providerErrorPart(event)];
    const delta = asObject(event['delta']) ?? {};
    const parts = this.#read(delta, asCount(event['index']) ?? 0);
    readTokenCount(event['logprobs'], parts);
    if (event['type'] === 'message-end') parts.push({ type: 'done' });
    return parts.length === 0 ? UNKNOWN : parts;
  }

  body(json: string): Frame {
    const answer = parseObject(json);
    if (typeof answer === 'string') return [{ type: 'malformed', message: answer }];
    if (isError(answer)) return [providerErrorPart(answer)];
    const parts = this.#read(answer, 0);
    return parts.length === 0 ? UNKNOWN : parts;
  }

  #read(answer: Fields, index: number): StreamPart[] {
    const parts: StreamPart[] = [];
    const message = asObject(answer['message']);
    if (message !== undefined) this.#readMessage(message, index, parts);
    pushFinish(answer['finish_reason'], FINISH_REASONS, parts);
    const usage = findUsage(answer['usage']);
    if (usage !== undefined) parts.push({ type: 'usage', usage });
    // Within message-end, beside finish_reason: plain words.
    if (answer['error']) parts.push(providerErrorPart(answer));
    return parts;
  }

  #readMessage(message: Fields, index: number, parts: StreamPart[]): void {
    const before = parts.length;
    for (const block of listOf(message['content'])) {
      pushText('reasoning', asObject(block)?.['thinking'], parts);
      pushText('content', asObject(block)?.['text'], parts);
    }
    // What the model writes before it calls a tool: not the answer.
    pushText('reasoning', message['tool_plan'], parts);
    listOf(message['tool_calls']).forEach((call, place) => {
      this.#readCall(asObject(call) ?? {}, index + place, parts);
    });
    if (parts.length === before && asText(message['role']) !== undefined) parts.push({ type: 'role' });
  }

  #readCall(piece: Fields, index: number, parts: StreamPart[]): void {
    const fn = asObject(piece['function']);
    const name = asText(fn?.['name']);
    const text = asText(fn?.['arguments']);
    if (name === undefined && text === undefined) return;
    // A name opens a call; arguments alone go on with it.
    const known = name === undefined ? this.#calls.get(index) : undefined;
    const call = known ?? this.#callCount++;
    this.#calls.set(index, call);
    if (name !== undefined) parts.push({ type: 'tool-name', call, id: asText(piece['id']), name });
    if (text !== undefined) parts.push({ type: 'tool-arguments', call, text });
  }
}

/** Errors of Cohere are `{message, id}`, where an answer has an object; gateways have `error`. */
function isError(fields: Fields): boolean {
  return fields['type'] === 'error' || Boolean(fields['error']) || asText(fields['message']) !== undefined;
}

/** Content and tool calls are an object within an event and a list within a body. */
function listOf(value: unknown): readonly unknown[] {
  return asObject(value) === undefined ? asArray(value) : [value];
}

/** Who asked for `logprobs` gets the token ids of each piece of text. A whole body has a list of such items: nothing to count. */
function readTokenCount(logprobs: unknown, parts: StreamPart[]): void {
  const tokens = asArray(asObject(logprobs)?.['token_ids']).length;
  const hasText = parts.some(({ type }) => type === 'content' || type === 'reasoning');
  if (hasText && tokens > 0) parts.push({ type: 'token-count', tokens });
}

/** https://docs.cohere.com/reference/chat */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['TOOL_CALL', 'tool_calls'],
  ['ERROR', 'error'],
  ['TIMEOUT', 'error'],
]);
