import type { AnswerEvent, AnswerEvents, Ending } from './answer-events.ts';
import type { TokenKind } from './answer-tokens.ts';
import type { FrameText } from './frame-style.ts';
import type { Framing } from './options.ts';
import type { Wire } from './shapes/shape.ts';
import { createFraming } from './wire-framing.ts';

/** One socket write. */
export interface Write {
  readonly bytes: Buffer;
  /** Milliseconds after the start of service; never below the write before. */
  readonly dueMs: number;
  /** Of the first token that this write completes; undefined when it completes none. */
  readonly kind: TokenKind | undefined;
  readonly tokens: number;
  readonly reasoningTokens: number;
}

export type Writes = Generator<Write, Ending>;

export interface StreamStyle {
  readonly head: string;
  readonly wire: Wire;
  readonly keepAlive: string;
  readonly framing: readonly Framing[];
  /** Events in one write under the framing `coalesced`. */
  readonly coalesce: number;
  /** False for HTTP/1.0, where the body ends with the connection. */
  readonly isChunked: boolean;
  readonly requestNumber: number;
}

const LAST_CHUNK = '0\r\n\r\n';
/** Under `split-utf8` the rest of a cut character follows this much later: enough to arrive in a read of its own. */
export const SPLIT_DELAY_MS = 3;

/** Frames events into writes, one event a write unless coalesced; the end of the body joins the last one. */
export function* streamWrites(allEvents: AnswerEvents, style: StreamStyle): Writes {
  const { framing, isChunked } = style;
  const { frame, opening: keepAlive, encoding } = createFraming(style);
  const toBytes = (text: string, tail = ''): Buffer => Buffer.from(toChunk(text, isChunked, encoding) + tail, encoding);
  const events = framing.includes('no-done') ? withoutDone(allEvents) : allEvents;
  const groupSize = framing.includes('coalesced') ? style.coalesce : 1;
  const isCut = framing.includes('bytes') || framing.includes('split-utf8');
  let next = events.next();
  let opening = keepAlive;
  while (next.done !== true && isOpening(next.value) && !framing.includes('bytes')) {
    const event = next.value;
    next = events.next();
    opening += frame(event, next.done === true);
  }
  yield toWrite(Buffer.concat([Buffer.from(style.head), toBytes(opening)]), 0);
  let lastDueMs = 0;
  let isBodyEnded = false;
  while (next.done !== true) {
    const group = [next.value];
    next = events.next();
    for (; next.done !== true && group.length < groupSize; next = events.next()) group.push(next.value);
    isBodyEnded = next.done === true && next.value.how === 'end';
    const text = joinFrames(group, frame, next.done === true);
    const write = toGroupWrite(group, toBytes(text, isBodyEnded && isChunked ? LAST_CHUNK : ''), lastDueMs);
    lastDueMs = write.dueMs;
    if (isCut) lastDueMs = yield* cutWrite(write, framing);
    else yield write;
  }
  if (next.value.how === 'end' && !isBodyEnded && isChunked) yield toWrite(Buffer.from(LAST_CHUNK), lastDueMs);
  return { how: next.value.how, dueMs: Math.max(lastDueMs, next.value.dueMs) };
}

/** What is due at once goes out together with the headers. */
function isOpening({ kind, dueMs }: AnswerEvent): boolean {
  return kind === 'opening' && dueMs === 0;
}

/** What ends a chunked body. */
export function bodyEnd(isChunked: boolean): Buffer {
  return Buffer.from(isChunked ? LAST_CHUNK : '');
}

/** A write without tokens. */
export function toWrite(bytes: Buffer, dueMs: number): Write {
  return { bytes, dueMs, kind: undefined, tokens: 0, reasoningTokens: 0 };
}

function* withoutDone(events: AnswerEvents): AnswerEvents {
  let next = events.next();
  for (; next.done !== true; next = events.next()) {
    if (next.value.kind !== 'done') yield next.value;
  }
  return next.value;
}

function joinFrames(group: readonly AnswerEvent[], frame: FrameText, isEnd: boolean): string {
  const [only] = group;
  if (only !== undefined && group.length === 1) return frame(only, isEnd);
  const last = group.length - 1;
  return group.map((event, index) => frame(event, isEnd && index === last)).join('');
}

function toChunk(text: string, isChunked: boolean, encoding: 'utf8' | 'latin1'): string {
  // An empty chunk would end the body.
  if (!isChunked || text === '') return text;
  const bytes = encoding === 'latin1' ? text.length : Buffer.byteLength(text);
  return `${bytes.toString(16)}\r\n${text}\r\n`;
}

/** The write of a group, due with its last event but never before `leastDueMs`. */
function toGroupWrite(group: readonly AnswerEvent[], bytes: Buffer, leastDueMs: number): Write {
  let kind: TokenKind | undefined;
  let dueMs = leastDueMs;
  let tokens = 0;
  let reasoningTokens = 0;
  for (const event of group) {
    if (event.dueMs > dueMs) dueMs = event.dueMs;
    if (event.tokens > 0) kind ??= toTokenKind(event);
    tokens += event.tokens;
    if (event.kind === 'reasoning') reasoningTokens += event.tokens;
  }
  return { bytes, dueMs, kind, tokens, reasoningTokens };
}

/** The write in pieces, of which the last one completes its tokens. Returns when the last piece is due. */
function* cutWrite(write: Write, framing: readonly Framing[]): Generator<Write, number> {
  const { bytes, dueMs } = write;
  if (framing.includes('bytes')) {
    for (let index = 0; index < bytes.length - 1; index += 1) yield toWrite(bytes.subarray(index, index + 1), dueMs);
    yield { ...write, bytes: bytes.subarray(bytes.length - 1) };
    return dueMs;
  }
  const cut = bytes.findIndex(isContinuationByte);
  if (cut < 0) {
    yield write;
    return dueMs;
  }
  yield toWrite(bytes.subarray(0, cut), dueMs);
  yield { ...write, bytes: bytes.subarray(cut), dueMs: dueMs + SPLIT_DELAY_MS };
  return dueMs + SPLIT_DELAY_MS;
}

function isContinuationByte(byte: number): boolean {
  return (byte & 0b1100_0000) === 0b1000_0000;
}

function toTokenKind({ kind }: AnswerEvent): TokenKind | undefined {
  return kind === 'reasoning' || kind === 'content' || kind === 'tool-call' ? kind : undefined;
}
