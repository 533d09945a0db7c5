import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asObject, asText, type Fields, parseObject } from '../json.ts';
import { findServerTimings } from '../openai-server-timings.ts';
import { createTokenCounter } from '../openai-token-counts.ts';
import { findUsage } from '../openai-usage.ts';
import { createModelReader, pushFinish, pushText } from '../parts.ts';
import type { TextNames } from '../text-shortcut.ts';

/** Reads one answer: a stream of chunks, or one JSON body of the same shape. The first chunk has text already: there are no roles. */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createChunkDecoder(), onFrame);
}

function createChunkDecoder(): FrameDecoder {
  const tokenCounts = createTokenCounter();
  const readModel = createModelReader();
  const decode = (json: string): Frame => {
    const chunk = parseObject(json);
    if (typeof chunk === 'string') return [{ type: 'malformed', message: chunk }];
    const parts: StreamPart[] = [];
    readModel(chunk['model'], parts);
    for (const choice of asArray(chunk['choices'])) readChoice(asObject(choice) ?? {}, parts);
    const usage = findUsage(chunk);
    const hasText = parts.some(({ type }) => type === 'content');
    const tokens = tokenCounts.read(chunk, hasText, usage?.outputTokens);
    if (tokens !== undefined) parts.push({ type: 'token-count', tokens });
    if (usage !== undefined) parts.push({ type: 'usage', usage });
    parts.push(...findServerTimings(chunk));
    // Older vLLM and sglang have no `error` key.
    if (chunk['error'] || chunk['object'] === 'error') parts.push(providerErrorPart(chunk));
    return parts.length === 0 ? UNKNOWN : parts;
  };
  const decodeBody = (json: string): Frame => {
    const frame = decode(json);
    return frame === UNKNOWN ? NO_COMPLETION : frame;
  };
  return { event: decode, body: decodeBody, textNames: TEXT_NAMES };
}

/** The last text may come together with the reason for the end. */
function readChoice(choice: Fields, parts: StreamPart[]): void {
  pushText('content', asText(choice['text']) ?? fillInTextOf(choice), parts);
  pushFinish(choice['finish_reason'], FINISH_REASONS, parts);
}

/** Mistral answers its fill-in-the-middle completions in the shape of a chat. https://docs.mistral.ai/api/#operation/createFIMCompletion */
function fillInTextOf(choice: Fields): unknown {
  return (asObject(choice['delta']) ?? asObject(choice['message']))?.['content'];
}

const NO_COMPLETION: Frame = [{ type: 'malformed', message: 'the answer is JSON, but not a completion' }];

const TEXT_NAMES: TextNames = { content: ['text', 'content'], reasoning: [] };

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['content_filter', 'content_filter'],
  ['error', 'error'],
]);
