import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import { type AwsEventDecoder, openAwsAnswer } from '../aws-frames.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { pushFinish, pushText } from '../parts.ts';
import { serverTimings } from '../server-timings.ts';
import { toUsage } from './usage.ts';

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openAwsAnswer(new ConverseDecoder(), onFrame);
}

class ConverseDecoder implements AwsEventDecoder {
  /** Numbers of the tool calls, by the index of their content block. */
  readonly #calls = new Map<number, number>();
  #callCount = 0;
  /** `messageStop` and `metadata` come last, in either order. */
  readonly #seenLast = new Set<string>();

  event(name: string, payload: string): Frame {
    const event = parseObject(payload);
    if (typeof event === 'string') return [{ type: 'malformed', message: event }];
    const parts: StreamPart[] = [];
    this.#readEvent(name, event, parts);
    if (name === 'messageStop' || name === 'metadata') {
      this.#seenLast.add(name);
      if (this.#seenLast.size === 2) parts.push(...DONE);
    }
    return parts.length === 0 ? UNKNOWN : parts;
  }

  body(json: string): Frame {
    const answer = parseObject(json);
    if (typeof answer === 'string') return [{ type: 'malformed', message: answer }];
    const parts: StreamPart[] = [];
    const message = asObject(asObject(answer['output'])?.['message']);
    if (message !== undefined) this.#readMessage(message, parts);
    else if (answer['error'] || asText(answer['message']) !== undefined) parts.push(providerErrorPart(answer));
    pushFinish(answer['stopReason'], FINISH_REASONS, parts);
    readMetadata(answer, parts);
    return parts.length === 0 ? UNKNOWN : parts;
  }

  #readEvent(name: string, event: Fields, parts: StreamPart[]): void {
    const index = asCount(event['contentBlockIndex']) ?? 0;
    if (name === 'messageStart' && asText(event['role']) !== undefined) parts.push({ type: 'role' });
    else if (name === 'contentBlockStart')
      this.#openCall(asObject(asObject(event['start'])?.['toolUse']), index, parts);
    else if (name === 'contentBlockDelta') this.#readDelta(asObject(event['delta']) ?? {}, index, parts);
    else if (name === 'messageStop') pushFinish(event['stopReason'], FINISH_REASONS, parts);
    else if (name === 'metadata') readMetadata(event, parts);
  }

  /** Seals of reasoning, citations, and results of tools that the server runs are nothing that the model wrote to be read. */
  #readDelta(delta: Fields, index: number, parts: StreamPart[]): void {
    pushText('content', delta['text'], parts);
    pushText('reasoning', asObject(delta['reasoningContent'])?.['text'], parts);
    const text = asText(asObject(delta['toolUse'])?.['input']);
    if (text === undefined) return;
    const call = this.#calls.get(index) ?? this.#numberCall(index);
    parts.push({ type: 'tool-arguments', call, text });
  }

  #openCall(toolUse: Fields | undefined, index: number, parts: StreamPart[]): void {
    if (toolUse === undefined) return;
    const call = this.#numberCall(index);
    const name = asText(toolUse['name']);
    if (name !== undefined) parts.push({ type: 'tool-name', call, id: asText(toolUse['toolUseId']), name });
  }

  #numberCall(index: number): number {
    const call = this.#callCount++;
    this.#calls.set(index, call);
    return call;
  }

  #readMessage(message: Fields, parts: StreamPart[]): void {
    asArray(message['content']).forEach((element, index) => {
      const block = asObject(element) ?? {};
      pushText('reasoning', asObject(asObject(block['reasoningContent'])?.['reasoningText'])?.['text'], parts);
      pushText('content', block['text'], parts);
      for (const cited of asArray(asObject(block['citationsContent'])?.['content']))
        pushText('content', asObject(cited)?.['text'], parts);
      const toolUse = asObject(block['toolUse']);
      this.#openCall(toolUse, index, parts);
      const input = asObject(toolUse?.['input']);
      const call = this.#calls.get(index);
      if (input !== undefined && call !== undefined)
        parts.push({ type: 'tool-arguments', call, text: JSON.stringify(input) });
    });
    if (parts.length === 0 && asText(message['role']) !== undefined) parts.push({ type: 'role' });
  }
}

/** What stands beside an answer: the last event of a stream, or the whole body. */
function readMetadata(fields: Fields, parts: StreamPart[]): void {
  const usage = toUsage(asObject(fields['usage']) ?? {});
  if (usage !== undefined) parts.push({ type: 'usage', usage });
  parts.push(...serverTimings({ total: asObject(fields['metrics'])?.['latencyMs'] }, 1));
  // Told only by a prompt router.
  const model = asText(asObject(asObject(fields['trace'])?.['promptRouter'])?.['invokedModelId']);
  if (model !== undefined) parts.push({ type: 'model', model });
}

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['content_filtered', 'content_filter'],
  ['guardrail_intervened', 'content_filter'],
  ['malformed_model_output', 'error'],
  ['malformed_tool_use', 'error'],
]);
