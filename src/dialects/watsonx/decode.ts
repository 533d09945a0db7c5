import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { JsonValue } from '../../model/units.ts';
import { NO_USAGE, type Usage } from '../../model/usage.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader } from '../parts.ts';

/** Reads one answer of text generation: events of one result each, or one JSON body of the same shape. There is no `[DONE]`. */
export function openGeneration(onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createResultDecoder(), onFrame);
}

function createResultDecoder(): FrameDecoder {
  const counts = new RunningCounts();
  const readModel = createModelReader();
  const decode = (json: string): Frame => {
    const event = parseObject(json);
    if (typeof event === 'string') return [{ type: 'malformed', message: event }];
    const parts: StreamPart[] = [];
    readModel(event['model_id'], parts);
    const result = asObject(asArray(event['results'])[0]);
    if (result !== undefined) readResult(result, counts, parts);
    if (event['errors'] || event['error']) parts.push(providerErrorPart(event));
    return parts.length === 0 ? UNKNOWN : parts;
  };
  return { event: decode, body: decode };
}

function readResult(result: Fields, counts: RunningCounts, parts: StreamPart[]): void {
  counts.take(result);
  const text = asText(result['generated_text']);
  if (text !== undefined) {
    parts.push({ type: 'content', text });
    const tokens = counts.takeNew();
    if (tokens > 0) parts.push({ type: 'token-count', tokens });
  }
  const raw = asText(result['stop_reason']);
  if (raw === undefined || raw.toLowerCase() === 'not_finished') return;
  parts.push({ type: 'finish', reason: FINISH_REASONS.get(raw.toLowerCase()) ?? 'other', raw });
  const usage = counts.usage(result);
  if (usage !== undefined) parts.push({ type: 'usage', usage });
}

/** Generated tokens are counted up over the events; the length of the input stands in one of them, in all others 0. */
class RunningCounts {
  #input: number | undefined;
  #output: number | undefined;
  #told = 0;

  take(result: Fields): void {
    const input = asCount(result['input_token_count']);
    if (input !== undefined) this.#input = Math.max(this.#input ?? 0, input);
    this.#output = asCount(result['generated_token_count']) ?? this.#output;
  }

  /** Tokens since the last time. */
  takeNew(): number {
    const tokens = Math.max(0, (this.#output ?? 0) - this.#told);
    this.#told += tokens;
    return tokens;
  }

  usage(result: Fields): Usage | undefined {
    if (this.#input === undefined && this.#output === undefined) return undefined;
    const { generated_text: _text, ...raw } = result;
    return {
      ...NO_USAGE,
      // A prompt has at least one token: 0 means that nobody said.
      inputTokens: this.#input === 0 ? undefined : this.#input,
      outputTokens: this.#output,
      raw: { ...raw, input_token_count: this.#input } as JsonValue,
    };
  }
}

/** https://cloud.ibm.com/apidocs/watsonx-ai#text-generation */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['token_limit', 'length'],
  ['error', 'error'],
]);
