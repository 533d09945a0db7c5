import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asObject, asText, type Fields, parseObject } from '../json.ts';
import { llamaCppTimings } from '../openai-server-timings.ts';
import { createModelReader, pushFinish } from '../parts.ts';
import { toUsage } from './usage.ts';

/** Reads one answer: a stream of events, or one JSON body. There is no `[DONE]`: `stop: true` ends the stream. */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createEventDecoder(), onFrame);
}

/** An event and a whole body have the same shape; only an event's `stop` is the end of a stream. */
function createEventDecoder(): FrameDecoder {
  const readModel = createModelReader();
  let heldIds = 0;
  const read = (event: Fields): StreamPart[] => {
    const parts: StreamPart[] = [];
    readModel(event['model'], parts);
    // Progress through the prompt comes with an id that stands for no token.
    if (event['prompt_progress'] === undefined) heldIds += asArray(event['tokens']).length;
    const content = asText(event['content']);
    if (content !== undefined) {
      parts.push({ type: 'content', text: content });
      // Text that may become a stop word is held back: its tokens count with the text that they lead to.
      if (heldIds > 0) parts.push({ type: 'token-count', tokens: heldIds });
      heldIds = 0;
    }
    if (event['stop'] === true) readEnd(event, parts);
    if (event['error']) parts.push(providerErrorPart(event));
    return parts;
  };
  const decode = (json: string, ending: Frame): Frame => {
    const event = parseObject(json);
    if (typeof event === 'string') return [{ type: 'malformed', message: event }];
    const parts = read(event);
    if (event['stop'] === true) parts.push(...ending);
    return parts.length === 0 ? UNKNOWN : parts;
  };
  return { event: (data) => decode(data, DONE), body: (json) => decode(json, []) };
}

function readEnd(event: Fields, parts: StreamPart[]): void {
  pushFinish(asText(event['stop_type']) ?? STOP_FLAGS.find((name) => event[name] === true), FINISH_REASONS, parts);
  const timings = asObject(event['timings']);
  const usage = toUsage(event, timings);
  if (usage.inputTokens !== undefined || usage.outputTokens !== undefined) parts.push({ type: 'usage', usage });
  if (timings !== undefined) parts.push(...llamaCppTimings(timings));
}

/** Before `stop_type` (2024) there was a flag for each. */
const STOP_FLAGS: readonly string[] = ['stopped_eos', 'stopped_word', 'stopped_limit'];

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['eos', 'stop'],
  ['word', 'stop'],
  ['limit', 'length'],
  ['stopped_eos', 'stop'],
  ['stopped_word', 'stop'],
  ['stopped_limit', 'length'],
]);
