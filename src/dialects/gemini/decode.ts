import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asObject, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader, pushText } from '../parts.ts';
import { createTokenCounter } from './token-counter.ts';
import { ToolCallReader } from './tool-calls.ts';
import { findUsage } from './usage.ts';

/** Reads one answer. There is no terminal marker: the body ends after a finish reason. */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createChunkDecoder(), onFrame);
}

/** A chunk and a whole body have the same shape; a body may also be the list of all chunks, as without `alt=sse`. */
function createChunkDecoder(): FrameDecoder {
  const read = createChunkReader();
  const decode = (json: string, isBody: boolean): Frame => {
    const chunk = parseObject(json);
    if (typeof chunk === 'string') return [{ type: 'malformed', message: chunk }];
    const chunks = isBody && json.startsWith('[') ? asArray(JSON.parse(json)) : [chunk];
    const parts = chunks.flatMap((element) => read(asObject(element) ?? {}));
    return parts.length === 0 ? UNKNOWN : parts;
  };
  return { event: (data) => decode(data, false), body: (json) => decode(json, true) };
}

function createChunkReader(): (chunk: Fields) => readonly StreamPart[] {
  const toolCalls = new ToolCallReader();
  const tokenCounts = createTokenCounter();
  const readModel = createModelReader();
  return (chunk) => {
    const parts: StreamPart[] = [];
    readModel(chunk['modelVersion'], parts);
    for (const candidate of asArray(chunk['candidates'])) readCandidate(asObject(candidate) ?? {}, toolCalls, parts);
    // A prompt that was refused has no candidates.
    const block = asText(asObject(chunk['promptFeedback'])?.['blockReason']);
    if (block !== undefined) parts.push({ type: 'finish', reason: 'content_filter', raw: block });
    tokenCounts.read(chunk, parts);
    const usage = findUsage(chunk);
    if (usage !== undefined) parts.push({ type: 'usage', usage });
    if (chunk['error']) parts.push(providerErrorPart(chunk));
    return parts;
  };
}

function readCandidate(candidate: Fields, toolCalls: ToolCallReader, parts: StreamPart[]): void {
  for (const piece of asArray(asObject(candidate['content'])?.['parts'])) {
    const fields = asObject(piece) ?? {};
    pushText(fields['thought'] === true ? 'reasoning' : 'content', fields['text'], parts);
    pushText('content', madeByModel(fields), parts);
    toolCalls.read(fields, parts);
  }
  const raw = asText(candidate['finishReason']);
  // The default of Google's enumeration: nothing was said.
  if (raw === undefined || raw === 'FINISH_REASON_UNSPECIFIED') return;
  toolCalls.end(parts);
  const reason = FINISH_REASONS.get(raw) ?? 'other';
  // A model that stops to call tools says STOP as well.
  parts.push({ type: 'finish', reason: reason === 'stop' && toolCalls.hasCalls ? 'tool_calls' : reason, raw });
}

/** Code that the model runs, images and sound count as content. A result of that code is Google's, not the model's. */
function madeByModel(piece: Fields): string | undefined {
  return asText(asObject(piece['executableCode'])?.['code']) ?? asText(asObject(piece['inlineData'])?.['data']);
}

/** https://ai.google.dev/api/generate-content#FinishReason and Vertex AI's additions. */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['STOP', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['CONTINUATION', 'length'],
  ['SAFETY', 'content_filter'],
  ['RECITATION', 'content_filter'],
  ['BLOCKLIST', 'content_filter'],
  ['PROHIBITED_CONTENT', 'content_filter'],
  ['SPII', 'content_filter'],
  ['MODEL_ARMOR', 'content_filter'],
  ['ESCALATION', 'content_filter'],
  ['IMAGE_SAFETY', 'content_filter'],
  ['IMAGE_PROHIBITED_CONTENT', 'content_filter'],
  ['IMAGE_RECITATION', 'content_filter'],
  ['MALFORMED_FUNCTION_CALL', 'error'],
  ['UNEXPECTED_TOOL_CALL', 'error'],
  ['TOO_MANY_TOOL_CALLS', 'error'],
  ['MISSING_THOUGHT_SIGNATURE', 'error'],
  ['MALFORMED_RESPONSE', 'error'],
  ['PUP_LIMITED_DISABLED', 'error'],
]);
