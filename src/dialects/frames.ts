import type { StreamPart } from '../model/stream-part.ts';
import { toProviderError } from '../wire/failure.ts';
import { createNdjsonFramer } from '../wire/ndjson.ts';
import { createSseFramer, type SseFrame } from '../wire/sse.ts';
import type { AnswerReader, Frame, LentText } from './dialect.ts';
import { asObject, type Fields } from './json.ts';
import { type TextNames, TextShortcut } from './text-shortcut.ts';

/** How one API family reads what its framing delivers. Made anew for each answer, so it may keep what went before. */
export interface FrameDecoder {
  /** The data of one event with its name, or one line. Never empty: `UNKNOWN` when it says nothing of interest. */
  event(data: string, name: string | undefined): Frame;
  /** A whole answer that was not streamed. The terminal marker is added by the reader. */
  body(json: string): Frame;
  /** What the proper end of a streamed body says, in a family whose streams have no terminal marker. May be empty. */
  end?(): readonly StreamPart[];
  /**
   * Where texts stand, of a family for which this holds: an event that gave one text alone left nothing behind in the decoder, and the
   * same event with another text gives that text alone. Missing: every event is read.
   */
  readonly textNames?: TextNames;
}

export const UNKNOWN: Frame = [{ type: 'unknown' }];
export const DONE: Frame = [{ type: 'done' }];
const KEEP_ALIVE: Frame = [{ type: 'keep-alive' }];

/** White space around `[DONE]` included. */
const MAX_MARKER_CHARACTERS = 64;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const LESS_THAN = 0x3c;
/** Space, tab, LF, CR, and the three bytes of a byte order mark: what may stand before a body's first character. */
const SKIPPED_BYTES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/** Reads server-sent events; `[DONE]` ends an answer whatever the family. A JSON body in their place is read as one. */
export function openSseAnswer(decoder: FrameDecoder, onFrame: (frame: Frame) => void): AnswerReader {
  let onText = (text: LentText): void => onFrame([{ type: text.type, text: textOf(text) }]);
  const shortcut = decoder.textNames && new TextShortcut(decoder.textNames, (text) => onText(text));
  const onSse = (sse: SseFrame): void => {
    const frame = readSse(decoder, sse);
    shortcut?.read(textAlone(frame));
    onFrame(frame);
  };
  const framer = createSseFramer(onSse, shortcut);
  const reader = openSniffedAnswer({ framer, decoder, isBody: isJson, onFrame });
  return Object.assign(reader, {
    lendTexts(take: (text: LentText) => void): void {
      onText = take;
    },
  });
}

function readSse(decoder: FrameDecoder, sse: SseFrame): Frame {
  if (sse.type === 'comment') return KEEP_ALIVE;
  if (sse.type === 'error') return [errorPart(sse.data)];
  return sse.data.length < MAX_MARKER_CHARACTERS && sse.data.trim() === '[DONE]'
    ? DONE
    : decoder.event(sse.data, sse.name);
}

function textAlone(frame: Frame): { readonly type: LentText['type']; readonly text: string } | undefined {
  const [part] = frame;
  return frame.length === 1 && (part?.type === 'content' || part?.type === 'reasoning') ? part : undefined;
}

/** The text as a string. */
export function textOf({ bytes, start, end }: LentText): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}

/** Reads one JSON object a line. `isStreamed` says whether that was asked for: a body looks like a line. */
export function openNdjsonAnswer(
  decoder: FrameDecoder,
  isStreamed: boolean,
  onFrame: (frame: Frame) => void,
): AnswerReader {
  const framer = createNdjsonFramer((line) => onFrame(decoder.event(line, undefined)));
  return openSniffedAnswer({ framer, decoder, isBody: () => !isStreamed, onFrame });
}

/** No event stream begins with a brace or bracket; content types are not to be trusted. */
export function isJson(first: number): boolean {
  return first === OPEN_BRACE || first === OPEN_BRACKET;
}

/** Reads with a framer, unless the first byte says that the answer is one body, or a web page. */
export function openSniffedAnswer(options: SniffingOptions): AnswerReader {
  return new SniffingReader(options);
}

export interface SniffingOptions {
  readonly framer: { push(bytes: Uint8Array): void; end(): void };
  readonly decoder: Pick<FrameDecoder, 'body' | 'end'>;
  /** Told by the first byte that is no white space. */
  readonly isBody: (first: number) => boolean;
  readonly onFrame: (frame: Frame) => void;
}

/** Finds out from the first byte what an answer is: a stream, one body, or a web page. */
class SniffingReader implements AnswerReader {
  readonly #options: SniffingOptions;
  /** Bytes of a body; undefined once the answer is known to be a stream. */
  #body: Uint8Array[] | undefined;
  #isDecided = false;
  #isMarkup = false;

  constructor(options: SniffingOptions) {
    this.#options = options;
  }

  get isStreamed(): boolean {
    return this.#body === undefined;
  }

  push(bytes: Uint8Array): void {
    if (!this.#isDecided) this.#decide(bytes);
    // Lines of a web page would each be told as a mistake of their own.
    if (this.#isMarkup) return;
    if (this.#body === undefined) this.#options.framer.push(bytes);
    else this.#body.push(new Uint8Array(bytes));
  }

  end(isWhole: boolean): void {
    const { framer, decoder, onFrame } = this.#options;
    if (this.#isMarkup) onFrame([{ type: 'malformed', message: 'the answer is a web page, not a stream' }]);
    else if (this.#body !== undefined) onFrame(this.#decodeBody(Buffer.concat(this.#body).toString('utf8')));
    else {
      framer.end();
      const parts = isWhole ? (decoder.end?.() ?? []) : [];
      if (parts.length > 0) onFrame(parts);
    }
  }

  #decide(bytes: Uint8Array): void {
    const first = bytes.find((byte) => !SKIPPED_BYTES.has(byte));
    if (first === undefined) return;
    this.#isDecided = true;
    this.#isMarkup = first === LESS_THAN;
    if (!this.#isMarkup && this.#options.isBody(first)) this.#body = [];
  }

  #decodeBody(text: string): Frame {
    // What stands before the brace may be a part of a byte order mark, whose beginning came in an earlier read.
    const frame = this.#options.decoder.body(text.replace(/^[^[{]+/, ''));
    if (frame === UNKNOWN) return [{ type: 'malformed', message: 'the answer is JSON, but holds no answer' }];
    return frame.some((part) => part.type === 'malformed' || part.type === 'error') ? frame : [...frame, ...DONE];
  }
}

/** llama.cpp's `error:` line holds JSON or plain words. */
function errorPart(data: string): StreamPart {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return { type: 'error', message: data, code: undefined };
  }
  const fields = asObject(value);
  return providerErrorPart(fields === undefined || toProviderError(fields) === undefined ? { error: value } : fields);
}

/** An error within an answer, from the envelope that holds it. */
export function providerErrorPart(envelope: Fields): StreamPart {
  const error = toProviderError(envelope);
  return { type: 'error', message: error?.message ?? 'an error without a message', code: error?.code };
}
