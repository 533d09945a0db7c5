import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asObject, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader } from '../parts.ts';
import { OutputReader } from './output.ts';
import { findUsage } from './usage.ts';

/**
 * Reads one answer: a stream of events that are named in their data, or one response as JSON.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(new EventDecoder(), onFrame);
}

class EventDecoder implements FrameDecoder {
  readonly #output = new OutputReader();
  readonly #readModel = createModelReader();

  event(data: string): Frame {
    const event = parseObject(data);
    if (typeof event === 'string') return [{ type: 'malformed', message: event }];
    const type = asText(event['type']) ?? '';
    const parts: StreamPart[] = [];
    const response = asObject(event['response']) ?? {};
    this.#readModel(response['model'], parts);
    if (hasError(event) || type === 'error') parts.push(providerErrorPart(event));
    const status = END_EVENTS.get(type);
    if (status === undefined) parts.push(...this.#output.readEvent(type, event));
    else {
      // vLLM says `response.completed` whatever the status.
      const said = asText(response['status']) ?? '';
      this.#readEnd(response, END_STATUSES.has(said) ? said : status, parts);
      parts.push(...DONE);
    }
    return parts.length === 0 ? UNKNOWN : parts;
  }

  body(json: string): Frame {
    const response = parseObject(json);
    if (typeof response === 'string') return [{ type: 'malformed', message: response }];
    const parts: StreamPart[] = [];
    this.#readModel(response['model'], parts);
    this.#readEnd(response, asText(response['status']), parts);
    return parts.length === 0 ? NO_RESPONSE : parts;
  }

  /** The whole response: all of it in a body, and at the end of a stream what was not sent before. */
  #readEnd(response: Fields, status: string | undefined, parts: StreamPart[]): void {
    parts.push(...this.#output.readAnswer(asArray(response['output'])));
    const isTold = parts.some(({ type }) => type === 'error');
    if (hasError(response) || (status === 'failed' && !isTold)) parts.push(providerErrorPart(response));
    const reason = asText(asObject(response['incomplete_details'])?.['reason']);
    const raw = status === 'incomplete' ? (reason ?? status) : status;
    if (raw !== undefined) parts.push({ type: 'finish', reason: this.#reasonOf(raw), raw });
    const usage = findUsage(response);
    if (usage !== undefined) parts.push({ type: 'usage', usage });
  }

  /** A response that ends with a call is `completed` like any other. */
  #reasonOf(raw: string): FinishReason {
    if (raw === 'completed' && this.#output.hasCalls) return 'tool_calls';
    return FINISH_REASONS.get(raw) ?? 'other';
  }
}

/** `error: null` stands in every response; older vLLM and sglang have no such key. */
function hasError(fields: Fields): boolean {
  return Boolean(fields['error']) || fields['object'] === 'error';
}

const NO_RESPONSE: Frame = [{ type: 'malformed', message: 'the answer is JSON, but not a response' }];

/** The events that end a stream, with the status that they stand for. */
const END_EVENTS: ReadonlyMap<string, string> = new Map([
  ['response.completed', 'completed'],
  ['response.incomplete', 'incomplete'],
  ['response.failed', 'failed'],
]);

const END_STATUSES: ReadonlySet<string> = new Set([...END_EVENTS.values(), 'cancelled']);

/** By status, or by the reason why a response is incomplete. */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['completed', 'stop'],
  ['max_output_tokens', 'length'],
  ['content_filter', 'content_filter'],
  ['failed', 'error'],
]);
