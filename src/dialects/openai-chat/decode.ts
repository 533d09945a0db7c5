import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { findServerTimings } from '../openai-server-timings.ts';
import { createTokenCounter } from '../openai-token-counts.ts';
import { findUsage } from '../openai-usage.ts';
import { createModelReader, pushFinish, pushText } from '../parts.ts';
import type { TextNames } from '../text-shortcut.ts';
import { ToolCallReader } from './tool-calls.ts';

/** Reads one answer: a stream of events, or one JSON body from a server that was not asked to stream, or did not care. */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createChunkDecoder(), onFrame);
}

/** A chunk and a whole body have the same shape; a body's choices hold a `message` instead of a `delta`. */
function createChunkDecoder(): FrameDecoder {
  const toolCalls = new ToolCallReader();
  const tokenCounts = createTokenCounter();
  const readModel = createModelReader();
  const decode = (json: string): Frame => {
    const chunk = parseObject(json);
    if (typeof chunk === 'string') return [{ type: 'malformed', message: chunk }];
    const parts: StreamPart[] = [];
    readModel(chunk['model'], parts);
    asArray(chunk['choices']).forEach((choice, place) => {
      const fields = asObject(choice);
      if (fields !== undefined) readChoice(fields, place, { toolCalls, parts });
    });
    const usage = findUsage(chunk);
    const carriesOutput = parts.some((part) => TOKEN_BEARING.has(part.type));
    const tokens = tokenCounts.read(chunk, carriesOutput, usage?.outputTokens);
    if (tokens !== undefined) parts.push({ type: 'token-count', tokens });
    if (usage !== undefined) parts.push({ type: 'usage', usage });
    parts.push(...findServerTimings(chunk));
    // Older vLLM and sglang have no `error` key.
    if (chunk['error'] || chunk['object'] === 'error') parts.push(providerErrorPart(chunk));
    return parts.length === 0 ? UNKNOWN : parts;
  };
  return { event: decode, body: decode, textNames: TEXT_NAMES };
}

/** Where the parts of a choice go, and what is known of its calls. */
interface ChoiceSink {
  readonly toolCalls: ToolCallReader;
  readonly parts: StreamPart[];
}

function readChoice(choice: Fields, place: number, { toolCalls, parts }: ChoiceSink): void {
  const index = asCount(choice['index']) ?? place;
  const delta = asObject(choice['delta']) ?? asObject(choice['message']);
  if (delta !== undefined) {
    const before = parts.length;
    readReasoning(delta, parts);
    readContent(delta, parts);
    pushText('refusal', delta['refusal'], parts);
    toolCalls.read(index, delta, parts);
    if (parts.length === before && asText(delta['role']) !== undefined) parts.push({ type: 'role' });
  }
  pushFinish(choice['finish_reason'], FINISH_REASONS, parts);
}

/** Both names may stand in one delta and then hold the same text: it counts once. */
function readReasoning(delta: Fields, parts: StreamPart[]): void {
  const text = asText(delta['reasoning_content']) ?? asText(delta['reasoning']);
  pushText('reasoning', text ?? reasoningDetails(delta['reasoning_details']), parts);
}

/** OpenRouter's list: text and summaries. What is encrypted is a copy for the next turn, not something to read. */
function reasoningDetails(details: unknown): string {
  const texts = asArray(details).map((detail) => {
    const fields = asObject(detail);
    return asText(fields?.['text']) ?? asText(fields?.['summary']) ?? '';
  });
  return texts.join('');
}

/** A string, or (Mistral) a list of text and thinking parts; audio counts by its transcript, else by its data. */
function readContent(delta: Fields, parts: StreamPart[]): void {
  pushText('content', delta['content'], parts);
  for (const piece of asArray(delta['content'])) {
    const fields = asObject(piece);
    const thinking = fields?.['thinking'];
    pushText('reasoning', typeof thinking === 'string' ? thinking : asArray(thinking).map(textOf).join(''), parts);
    pushText('content', fields?.['text'], parts);
  }
  const audio = asObject(delta['audio']);
  pushText('content', asText(audio?.['transcript']) ?? audio?.['data'], parts);
}

function textOf(piece: unknown): string {
  return asText(asObject(piece)?.['text']) ?? '';
}

const TOKEN_BEARING: ReadonlySet<StreamPart['type']> = new Set([
  'reasoning',
  'content',
  'refusal',
  'tool-name',
  'tool-arguments',
]);

const TEXT_NAMES: TextNames = { content: ['content'], reasoning: ['reasoning_content', 'reasoning'] };

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  // Mistral: the model's own limit.
  ['model_length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['error', 'error'],
  // DeepSeek, when it breaks an answer off.
  ['insufficient_system_resource', 'error'],
]);
