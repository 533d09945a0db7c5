import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import { toProviderError } from '../../wire/failure.ts';
import { createSseFramer, type SseFrame } from '../../wire/sse.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { asArray, asCount, asObject, asText, type Fields } from './fields.ts';
import { createToolCallReader, type ToolCallReader } from './tool-calls.ts';
import { findUsage } from './usage.ts';

/** Reads one answer: a stream of events, or one JSON body from a server that ignored `stream: true`. */
export function openAnswer(onFrame: (frame: Frame) => void): AnswerReader {
  return new ChatAnswerReader(onFrame);
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const LESS_THAN = 0x3c;
/** Space, tab, LF, CR, and the three bytes of a byte order mark: what may stand before a body's first character. */
const SKIPPED_BYTES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

class ChatAnswerReader implements AnswerReader {
  readonly #onFrame: (frame: Frame) => void;
  readonly #chunks: ChunkDecoder;
  readonly #framer = createSseFramer((frame) => this.#onSse(frame));
  /** Bytes of a JSON body; undefined once the answer is known to be a stream. */
  #body: Uint8Array[] | undefined;
  #isDecided = false;
  #isMarkup = false;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
    this.#chunks = createChunkDecoder();
  }

  get isStreamed(): boolean {
    return this.#body === undefined;
  }

  push(bytes: Uint8Array): void {
    if (!this.#isDecided) this.#decide(bytes);
    if (this.#body === undefined) this.#framer.push(bytes);
    else this.#body.push(new Uint8Array(bytes));
  }

  end(): void {
    if (this.#isMarkup) this.#onFrame([{ type: 'malformed', message: 'the answer is a web page, not a stream' }]);
    else if (this.#body === undefined) this.#framer.end();
    else this.#onFrame(this.#decodeBody(Buffer.concat(this.#body).toString('utf8')));
  }

  /** An event stream never begins with a brace or bracket; content types are not to be trusted. */
  #decide(bytes: Uint8Array): void {
    const first = bytes.find((byte) => !SKIPPED_BYTES.has(byte));
    if (first === undefined) return;
    this.#isDecided = true;
    if (first === OPEN_BRACE || first === OPEN_BRACKET) this.#body = [];
    this.#isMarkup = first === LESS_THAN;
  }

  #onSse(frame: SseFrame): void {
    if (frame.type === 'comment') this.#onFrame(KEEP_ALIVE);
    else if (frame.type === 'error') this.#onFrame([errorPart(frame.data)]);
    else if (frame.data.trim() === '[DONE]') this.#onFrame(DONE);
    else this.#onFrame(this.#chunks.decode(frame.data));
  }

  #decodeBody(text: string): Frame {
    // What stands before the brace may be a part of a byte order mark, whose beginning came in an earlier read.
    const frame = this.#chunks.decode(text.replace(/^[^[{]+/, ''));
    return frame.some((part) => part.type === 'malformed' || part.type === 'error')
      ? frame
      : [...frame, { type: 'done' }];
  }
}

const KEEP_ALIVE: Frame = [{ type: 'keep-alive' }];
const DONE: Frame = [{ type: 'done' }];

interface ChunkDecoder {
  /** The parts of one JSON chunk (or whole body); `unknown` alone when it says nothing of interest. */
  decode(json: string): Frame;
}

function createChunkDecoder(): ChunkDecoder {
  const toolCalls = createToolCallReader();
  const tokenCounts = createTokenCounter();
  let model: string | undefined;
  return {
    decode(json) {
      const chunk = parse(json);
      if (typeof chunk === 'string') return [{ type: 'malformed', message: chunk }];
      const parts: StreamPart[] = [];
      const answered = asText(chunk['model']);
      if (answered !== undefined && answered !== model) {
        model = answered;
        parts.push({ type: 'model', model });
      }
      asArray(chunk['choices']).forEach((choice, place) => {
        const fields = asObject(choice);
        if (fields !== undefined) readChoice(fields, place, { toolCalls, parts });
      });
      const usage = findUsage(chunk);
      tokenCounts.read(chunk, usage?.outputTokens, parts);
      if (usage !== undefined) parts.push({ type: 'usage', usage });
      // Older vLLM and sglang have no `error` key.
      if (chunk['error'] || chunk['object'] === 'error') parts.push(providerErrorPart(chunk));
      return parts.length === 0 ? UNKNOWN : parts;
    },
  };
}

const UNKNOWN: Frame = [{ type: 'unknown' }];

/** The chunk, or what is wrong with it. A list (Gemini's habit) stands for its first element. */
function parse(json: string): Fields | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return `an event of ${json.length} characters is not JSON`;
  }
  const chunk = asObject(Array.isArray(value) ? value[0] : value);
  return chunk ?? 'an event is JSON, but not an object';
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
    const refusal = asText(delta['refusal']);
    if (refusal !== undefined) parts.push({ type: 'refusal', text: refusal });
    toolCalls.read(index, delta, parts);
    if (parts.length === before && asText(delta['role']) !== undefined) parts.push({ type: 'role' });
  }
  const finish = asText(choice['finish_reason']);
  if (finish !== undefined) parts.push({ type: 'finish', reason: FINISH_REASONS.get(finish) ?? 'other', raw: finish });
}

/** Both names may stand in one delta and then hold the same text: it counts once. */
function readReasoning(delta: Fields, parts: StreamPart[]): void {
  const text =
    asText(delta['reasoning_content']) ?? asText(delta['reasoning']) ?? reasoningDetails(delta['reasoning_details']);
  if (text !== undefined) parts.push({ type: 'reasoning', text });
}

/** OpenRouter's list: text and summaries. What is encrypted is a copy for the next turn, not something to read. */
function reasoningDetails(details: unknown): string | undefined {
  const texts = asArray(details).map((detail) => {
    const fields = asObject(detail);
    return asText(fields?.['text']) ?? asText(fields?.['summary']) ?? '';
  });
  return asText(texts.join(''));
}

/** A string, or (Mistral) a list of text and thinking parts; audio counts by its transcript, else by its data. */
function readContent(delta: Fields, parts: StreamPart[]): void {
  const content = asText(delta['content']);
  if (content !== undefined) parts.push({ type: 'content', text: content });
  for (const piece of asArray(delta['content'])) {
    const fields = asObject(piece);
    const thinking = asText(fields?.['thinking']) ?? asText(asArray(fields?.['thinking']).map(textOf).join(''));
    const text = asText(fields?.['text']);
    if (thinking !== undefined) parts.push({ type: 'reasoning', text: thinking });
    if (text !== undefined) parts.push({ type: 'content', text });
  }
  const audio = asObject(delta['audio']);
  const sound = asText(audio?.['transcript']) ?? asText(audio?.['data']);
  if (sound !== undefined) parts.push({ type: 'content', text: sound });
}

function textOf(piece: unknown): string {
  return asText(asObject(piece)?.['text']) ?? '';
}

interface TokenCounter {
  read(chunk: Fields, outputTokens: number | undefined, parts: StreamPart[]): void;
}

/**
 * How many tokens a chunk carries, where that can be known: by its token ids (vLLM `return_token_ids`), or by the growth of a
 * usage block that stands in every chunk (Perplexity, vLLM `continuous_usage_stats`). A block that first comes after text has
 * already come is a total, not growth. Tokens whose text is held back (half a character) count with the text that they lead to.
 */
function createTokenCounter(): TokenCounter {
  let counted = 0;
  let heldIds = 0;
  let isContinuous = true;
  return {
    read(chunk, outputTokens, parts) {
      const carriesOutput = parts.some((part) => TOKEN_BEARING.has(part.type));
      for (const choice of asArray(chunk['choices'])) heldIds += asArray(asObject(choice)?.['token_ids']).length;
      if (outputTokens === undefined && carriesOutput) isContinuous = false;
      if (!carriesOutput) return;
      if (heldIds > 0) {
        parts.push({ type: 'token-count', tokens: heldIds });
        heldIds = 0;
      } else if (isContinuous && outputTokens !== undefined && outputTokens > counted) {
        parts.push({ type: 'token-count', tokens: outputTokens - counted });
        counted = outputTokens;
      }
    },
  };
}

const TOKEN_BEARING: ReadonlySet<StreamPart['type']> = new Set([
  'reasoning',
  'content',
  'refusal',
  'tool-name',
  'tool-arguments',
]);

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['error', 'error'],
]);

/** llama.cpp's `error:` line holds JSON or plain words. */
function errorPart(data: string): StreamPart {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { type: 'error', message: data, code: undefined };
  }
  const fields = asObject(value);
  return providerErrorPart(fields?.['error'] === undefined ? { error: value } : fields);
}

function providerErrorPart(envelope: Fields): StreamPart {
  const error = toProviderError(envelope);
  return { type: 'error', message: error?.message ?? 'an error without a message', code: error?.code };
}
