import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { JsonObject } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openNdjsonAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader, pushFinish, pushText } from '../parts.ts';
import { MS_PER_NANOSECOND, serverTimings } from '../server-timings.ts';

/** Reads one answer: a stream of lines, or one JSON body when no stream was asked for. */
export function openAnswer(isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openNdjsonAnswer(createLineDecoder(), isStreamed, onFrame);
}

/** A line and a whole body have the same shape; only a line's `done` is the end of a stream. */
function createLineDecoder(): FrameDecoder {
  const readModel = createModelReader();
  let calls = 0;
  const read = (line: Fields): StreamPart[] => {
    const parts: StreamPart[] = [];
    readModel(line['model'], parts);
    const message = asObject(line['message']);
    const before = parts.length;
    // `/api/chat` puts its texts into a message, `/api/generate` has them at the top.
    pushText('reasoning', asText(message?.['thinking']) ?? line['thinking'], parts);
    pushText('content', asText(message?.['content']) ?? line['response'], parts);
    for (const call of asArray(message?.['tool_calls'])) {
      const fields = asObject(call);
      if (fields !== undefined) readCall(fields, calls++, parts);
    }
    const isDone = line['done'] === true;
    // The last line repeats the role, and begins nothing.
    if (parts.length === before && !isDone && asText(message?.['role']) !== undefined) parts.push({ type: 'role' });
    if (isDone) readEnd(line, calls > 0, parts);
    if (line['error']) parts.push(providerErrorPart(line));
    return parts;
  };
  const decode = (json: string, ending: Frame): Frame => {
    const line = parseObject(json);
    if (typeof line === 'string') return [{ type: 'malformed', message: line }];
    const parts = read(line);
    if (line['done'] === true) parts.push(...ending);
    return parts.length === 0 ? UNKNOWN : parts;
  };
  return { event: (line) => decode(line, DONE), body: (json) => decode(json, []) };
}

/** Calls come whole, their arguments as an object. */
function readCall(fields: Fields, call: number, parts: StreamPart[]): void {
  const fn = asObject(fields['function']);
  const name = asText(fn?.['name']);
  if (name !== undefined) parts.push({ type: 'tool-name', call, id: asText(fields['id']), name });
  const args = fn?.['arguments'];
  const text = asText(asObject(args) === undefined ? args : JSON.stringify(args));
  if (text !== undefined) parts.push({ type: 'tool-arguments', call, text });
}

function readEnd(line: Fields, hasCalls: boolean, parts: StreamPart[]): void {
  pushFinish(line['done_reason'], hasCalls ? CALL_REASONS : FINISH_REASONS, parts);
  const usage = toUsage(line);
  if (usage.inputTokens !== undefined || usage.outputTokens !== undefined) parts.push({ type: 'usage', usage });
  const { load_duration: load, prompt_eval_duration: prompt, eval_duration: decode, total_duration: total } = line;
  parts.push(...serverTimings({ load, prompt, decode, total }, MS_PER_NANOSECOND));
}

/**
 * A count of zero is left out by the server. Thinking is part of `eval_count`, and is not told apart; cached tokens are part of
 * `prompt_eval_count` where the server tells them (2026), and may be missing in it where it does not.
 */
function toUsage(line: Fields): Usage {
  const raw = Object.fromEntries(USAGE_FIELDS.filter((name) => name in line).map((name) => [name, line[name]]));
  return {
    inputTokens: asCount(line['prompt_eval_count']),
    cachedInputTokens: asCount(line['prompt_eval_cached_count']),
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: asCount(line['eval_count']),
    reasoningTokens: undefined,
    raw: raw as JsonObject,
  };
}

/** Durations are in nanoseconds: https://docs.ollama.com/api/usage */
const USAGE_FIELDS: readonly string[] = [
  'prompt_eval_count',
  'prompt_eval_cached_count',
  'eval_count',
  'total_duration',
  'load_duration',
  'prompt_eval_duration',
  'eval_duration',
];

/** `load` and `unload` answer an empty prompt. */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
]);

/** A model that stops to call tools says stop as well. */
const CALL_REASONS: ReadonlyMap<string, FinishReason> = new Map([...FINISH_REASONS, ['stop', 'tool_calls']]);
