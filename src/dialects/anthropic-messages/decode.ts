import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader, pushFinish, pushText } from '../parts.ts';
import type { TextNames } from '../text-shortcut.ts';
import { createUsageReader } from './usage.ts';

/** https://docs.anthropic.com/en/docs/build-with-claude/streaming */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(new MessageDecoder(), onFrame);
}

const KEEP_ALIVE: Frame = [{ type: 'keep-alive' }];

/** Events say by their own `type` what they are; the name of the SSE event only repeats it. */
class MessageDecoder implements FrameDecoder {
  readonly #usage = createUsageReader();
  /** Numbers of the tool calls, by the index of their content block. */
  readonly #calls = new Map<number, number>();
  #callCount = 0;
  readonly #readModel = createModelReader();
  readonly textNames: TextNames = { content: ['text'], reasoning: ['thinking'] };

  event(data: string): Frame {
    const event = parseObject(data);
    if (typeof event === 'string') return [{ type: 'malformed', message: event }];
    if (event['type'] === 'ping') return KEEP_ALIVE;
    if (event['type'] === 'message_stop') return DONE;
    const parts: StreamPart[] = [];
    this.#readEvent(event, parts);
    return parts.length === 0 ? UNKNOWN : parts;
  }

  body(json: string): Frame {
    const message = parseObject(json);
    if (typeof message === 'string') return [{ type: 'malformed', message }];
    const parts: StreamPart[] = [];
    if (isError(message)) parts.push(providerErrorPart(message));
    else this.#readMessage(message, parts);
    return parts.length === 0 ? UNKNOWN : parts;
  }

  #readEvent(event: Fields, parts: StreamPart[]): void {
    const index = asCount(event['index']) ?? 0;
    if (isError(event)) parts.push(providerErrorPart(event));
    else if (event['type'] === 'message_start') this.#readMessage(asObject(event['message']) ?? {}, parts);
    else if (event['type'] === 'content_block_start') {
      this.#readBlock(asObject(event['content_block']) ?? {}, { index, isWhole: false }, parts);
    } else if (event['type'] === 'content_block_delta') {
      this.#readDelta(asObject(event['delta']) ?? {}, index, parts);
    } else if (event['type'] === 'message_delta') {
      pushFinish(asObject(event['delta'])?.['stop_reason'], FINISH_REASONS, parts);
      this.#readUsage(event['usage'], true, parts);
    }
  }

  /** A whole answer, or the shell that a stream begins with. That may hold blocks already, and even the end. */
  #readMessage(message: Fields, parts: StreamPart[]): void {
    this.#readModel(message['model'], parts);
    const before = parts.length;
    asArray(message['content']).forEach((block, index) => {
      this.#readBlock(asObject(block) ?? {}, { index, isWhole: true }, parts);
    });
    if (parts.length === before && asText(message['role']) !== undefined) parts.push({ type: 'role' });
    pushFinish(message['stop_reason'], FINISH_REASONS, parts);
    this.#readUsage(message['usage'], asText(message['stop_reason']) !== undefined, parts);
  }

  /** Results of tools that the server runs, and encrypted thinking, are nothing that the model wrote to be read. */
  #readBlock(block: Fields, at: { readonly index: number; readonly isWhole: boolean }, parts: StreamPart[]): void {
    const kind = asText(block['type']) ?? '';
    if (kind === 'text') pushText('content', block['text'], parts);
    else if (kind === 'thinking') pushText('reasoning', block['thinking'], parts);
    else if (kind === 'compaction') pushText('reasoning', block['content'], parts);
    else if (kind === 'fallback') this.#readModel(asObject(block['to'])?.['model'], parts);
    // Also server_tool_use and mcp_tool_use: the model writes these calls too.
    else if (kind.endsWith('tool_use')) {
      const call = this.#openCall(at.index);
      const name = asText(block['name']);
      if (name !== undefined) parts.push({ type: 'tool-name', call, id: asText(block['id']), name });
      const input = asObject(block['input']);
      // In a stream an empty input only holds the place of what comes.
      if (input !== undefined && (at.isWhole || Object.keys(input).length > 0))
        parts.push({ type: 'tool-arguments', call, text: JSON.stringify(input) });
    }
  }

  /** A signature is a seal for the next turn, and citations point to what is there already: neither is output. */
  #readDelta(delta: Fields, index: number, parts: StreamPart[]): void {
    pushText('reasoning', delta['thinking'], parts);
    pushText('content', delta['text'], parts);
    // A summary of the conversation: generated, but no part of the answer.
    if (delta['type'] === 'compaction_delta') pushText('reasoning', delta['content'], parts);
    const json = asText(delta['partial_json']);
    if (json !== undefined)
      parts.push({ type: 'tool-arguments', call: this.#calls.get(index) ?? this.#openCall(index), text: json });
  }

  #openCall(index: number): number {
    const call = this.#callCount++;
    this.#calls.set(index, call);
    return call;
  }

  #readUsage(block: unknown, isTotal: boolean, parts: StreamPart[]): void {
    const usage = this.#usage.read(block, isTotal);
    if (usage !== undefined) parts.push({ type: 'usage', usage });
  }
}

function isError(fields: Fields): boolean {
  return fields['type'] === 'error' || Boolean(fields['error']);
}

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
]);
