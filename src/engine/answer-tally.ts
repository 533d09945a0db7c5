import type { Frame, LentText } from '../dialects/dialect.ts';
import type { Failure, Instants, TokenEvent, TokenEventKind } from '../model/record.ts';
import type { ServerTimings } from '../model/server-timings.ts';
import type { FinishReason, StreamPart } from '../model/stream-part.ts';
import type { Milliseconds } from '../model/units.ts';
import { NO_USAGE, type Usage } from '../model/usage.ts';
import { EventLog } from './event-log.ts';
import { TextLog } from './text-log.ts';

/** What one answer has said so far: its frames with the time of their read, turned into instants, events and an end. */
export class AnswerTally {
  readonly log: EventLog = new EventLog();
  readonly #text = new TextLog();
  readonly #reasoning = new TextLog();
  #firstChunkAtMs: Milliseconds | undefined;
  #firstOutputAtMs: Milliseconds | undefined;
  #lastTokenAtMs: Milliseconds | undefined;
  #toolNameAtMs: Milliseconds | undefined;
  #toolArgumentsAtMs: Milliseconds | undefined;
  #trouble: Pick<Failure, 'kind' | 'message' | 'code'> | undefined;
  firstTokenAtMs: Milliseconds | undefined;
  doneAtMs: Milliseconds | undefined;
  usage: Usage = NO_USAGE;
  serverTimings: ServerTimings | undefined;
  finishReason: FinishReason | undefined;
  model: string | undefined;
  keepAlives = 0;
  /** Whether the model generated anything that was sent. */
  hasOutput = false;

  /** Takes one frame. Frames of an answer that is not streamed leave no instants: their tokens have no time of their own. */
  add(frame: Frame, atMs: Milliseconds, isStreamed: boolean): void {
    if (isStreamed) this.#firstChunkAtMs ??= atMs;
    // Servers send all sorts of things after their terminal marker.
    if (this.doneAtMs !== undefined) return;
    let kind: TokenEventKind | undefined;
    let bytes = 0;
    let tokens: number | undefined;
    for (const part of frame) {
      if (part.type === 'token-count') tokens = part.tokens;
      const text = generatedText(part);
      if (text === undefined) this.#note(part, atMs);
      else {
        kind ??= part.type as TokenEventKind;
        bytes += (part.type === 'reasoning' ? this.#reasoning : this.#text).add(text);
        this.hasOutput = true;
        if (isStreamed) this.#stamp(part.type, atMs);
      }
    }
    if (kind === undefined || !isStreamed) return;
    this.log.add(atMs, kind, bytes);
    if (tokens !== undefined) this.log.tellTokens(tokens);
  }

  /** The same for a frame that is one text of a stream, without making the frame. */
  addText(text: LentText, atMs: Milliseconds): void {
    this.#firstChunkAtMs ??= atMs;
    if (this.doneAtMs !== undefined) return;
    const log = text.type === 'reasoning' ? this.#reasoning : this.#text;
    let size = text.end - text.start;
    if (text.isAscii) log.addBytes(text.bytes, text.start, text.end);
    else {
      // Through a string, for what is not UTF-8 would be another text, and of another size, together with the next piece.
      const { bytes, start, end } = text;
      size = log.add(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8'));
    }
    this.hasOutput = true;
    this.#stamp(text.type, atMs);
    this.log.add(atMs, text.type, size);
  }

  #stamp(type: StreamPart['type'], atMs: Milliseconds): void {
    this.firstTokenAtMs ??= atMs;
    this.#lastTokenAtMs = atMs;
    if (type !== 'reasoning') this.#firstOutputAtMs ??= atMs;
    if (type === 'tool-name') this.#toolNameAtMs ??= atMs;
    if (type === 'tool-arguments') this.#toolArgumentsAtMs = atMs;
  }

  #note(part: StreamPart, atMs: Milliseconds): void {
    switch (part.type) {
      case 'finish':
        this.finishReason = part.reason;
        break;
      case 'usage':
        this.usage = part.usage;
        break;
      case 'server-timings':
        this.serverTimings = { ...this.serverTimings, ...part.timings };
        break;
      case 'model':
        this.model = part.model;
        break;
      case 'keep-alive':
        this.keepAlives++;
        break;
      case 'done':
        this.doneAtMs = atMs;
        break;
      case 'error':
        this.#trouble ??= { kind: 'stream-error', message: part.message, code: part.code };
        break;
      case 'malformed':
        this.#trouble ??= { kind: 'malformed', message: part.message, code: undefined };
        break;
      default:
    }
  }

  instants(): Pick<
    Instants,
    'firstChunkAtMs' | 'firstTokenAtMs' | 'firstOutputAtMs' | 'lastTokenAtMs' | 'toolNameAtMs' | 'toolArgumentsAtMs'
  > {
    return {
      firstChunkAtMs: this.#firstChunkAtMs,
      firstTokenAtMs: this.firstTokenAtMs,
      firstOutputAtMs: this.#firstOutputAtMs,
      lastTokenAtMs: this.#lastTokenAtMs,
      toolNameAtMs: this.#toolNameAtMs,
      toolArgumentsAtMs: this.#toolArgumentsAtMs,
    };
  }

  events(): readonly TokenEvent[] {
    return this.log.list();
  }

  /** Whether the provider has not said how many tokens went in and came out. */
  lacksCounts(): boolean {
    if (this.usage.inputTokens === undefined) return true;
    return this.usage.outputTokens === undefined && !this.log.saysAllTokens;
  }

  answerText(): string {
    return this.#text.toString();
  }

  reasoningText(): string {
    return this.#reasoning.toString();
  }

  /** What is wrong with an answer whose body has ended; undefined when it is whole. The first trouble wins. */
  trouble(): Pick<Failure, 'kind' | 'message' | 'code'> | undefined {
    if (this.#trouble !== undefined) return this.#trouble;
    if (this.finishReason === 'error') {
      return { kind: 'stream-error', message: 'the answer finished with reason "error"', code: undefined };
    }
    if (this.finishReason === 'content_filter') {
      return { kind: 'content-filter', message: 'the answer was stopped by a content filter', code: undefined };
    }
    if (this.finishReason === undefined && this.doneAtMs === undefined) {
      return {
        kind: 'truncated',
        message: 'the answer ended without a finish reason or terminal marker',
        code: undefined,
      };
    }
    // Hidden reasoning is output too, though none of it is sent.
    if (!this.hasOutput && (this.usage.reasoningTokens ?? 0) === 0) {
      return { kind: 'empty-output', message: 'the answer ended properly, but nothing was generated', code: undefined };
    }
    return undefined;
  }
}

/** The generated text of a part; undefined for parts that the model did not generate. */
function generatedText(part: StreamPart): string | undefined {
  if (part.type === 'tool-name') return part.name;
  return part.type === 'content' ||
    part.type === 'reasoning' ||
    part.type === 'refusal' ||
    part.type === 'tool-arguments'
    ? part.text
    : undefined;
}
