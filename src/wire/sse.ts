/**
 * Server-sent events as LLM servers really send them: a superset of https://html.spec.whatwg.org/multipage/server-sent-events.html.
 * LF, CRLF and CR line ends, comments, several data lines, a byte order mark, an event left open at the end, and llama.cpp's
 * `error:` field are all read.
 */
export type SseFrame =
  /** `name`: of the event; undefined when it has none. */
  | { readonly type: 'data'; readonly data: string; readonly name: string | undefined }
  | { readonly type: 'comment' }
  /** An event named `error`, or a field of that name, which the standard would drop. */
  | { readonly type: 'error'; readonly data: string };

/** Takes bytes however they were cut and gives whole frames. */
export interface SseFramer {
  /** Calls back during the call for every frame that these bytes complete. The bytes are not kept. */
  push(bytes: Uint8Array): void;
  /** The body has ended: delivers what was left open. */
  end(): void;
}

/** Reads events whose bytes it knows at once, without their lines. */
export interface SseShortcut {
  /** Looks whether a whole event that it knows begins at `start`; takes it and returns the place after it, or -1. */
  take(bytes: Uint8Array, start: number): number;
  /** An event with data, without name or with, but with no comment or error field, has been given out: these were its bytes. */
  seen(bytes: Uint8Array, start: number, end: number): void;
}

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = '\uFEFF';

export function createSseFramer(onFrame: (frame: SseFrame) => void, shortcut?: SseShortcut): SseFramer {
  return new LineFramer(onFrame, shortcut);
}

class LineFramer implements SseFramer {
  readonly #onFrame: (frame: SseFrame) => void;
  /** Pieces of a line whose end has not come: joined once, since appending to one buffer is quadratic for a long line. */
  #pieces: Uint8Array[] = [];
  #data: string[] = [];
  #name: string | undefined;
  readonly #shortcut: SseShortcut | undefined;
  #isFirstLine = true;
  /** Where in the present read the event began; -1 when it did before, or holds what a shortcut must not see. */
  #eventStart = -1;
  /** A CR that ended the last read may be half of a CRLF. */
  #skipLf = false;

  constructor(onFrame: (frame: SseFrame) => void, shortcut: SseShortcut | undefined) {
    this.#onFrame = onFrame;
    this.#shortcut = shortcut;
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    if (this.#skipLf && bytes.length > 0) {
      if (bytes[0] === LF) start = 1;
      this.#skipLf = false;
    }
    start = this.#takeKnown(bytes, start);
    this.#eventStart = this.#isBetweenEvents ? start : -1;
    for (let index = start; index < bytes.length; index++) {
      const byte = bytes[index];
      if (byte !== LF && byte !== CR) continue;
      const isBlank = index === start && this.#pieces.length === 0;
      const hadData = this.#data.length > 0;
      this.#line(bytes.subarray(start, index));
      if (byte === CR) {
        if (index + 1 === bytes.length) this.#skipLf = true;
        else if (bytes[index + 1] === LF) index++;
      }
      start = index + 1;
      if (isBlank) {
        if (hadData && this.#eventStart !== -1 && !this.#skipLf) {
          this.#shortcut?.seen(bytes, this.#eventStart, start);
        }
        start = this.#takeKnown(bytes, start);
        index = start - 1;
        this.#eventStart = start;
      }
    }
    // A new array: `slice` of a Buffer would go on looking at the lent bytes.
    if (start < bytes.length) this.#pieces.push(new Uint8Array(bytes.subarray(start)));
  }

  /** Where the events end that the shortcut takes. */
  #takeKnown(bytes: Uint8Array, start: number): number {
    const shortcut = this.#shortcut;
    let place = start;
    if (shortcut === undefined || !this.#isBetweenEvents) return place;
    for (let after = shortcut.take(bytes, place); after !== -1; after = shortcut.take(bytes, place)) place = after;
    return place;
  }

  get #isBetweenEvents(): boolean {
    return this.#data.length === 0 && this.#name === undefined && this.#pieces.length === 0;
  }

  end(): void {
    if (this.#pieces.length > 0) this.#line(new Uint8Array(0));
    this.#dispatch();
  }

  #line(tail: Uint8Array): void {
    let line = tail;
    if (this.#pieces.length > 0) {
      this.#pieces.push(tail);
      line = Buffer.concat(this.#pieces);
      this.#pieces = [];
    }
    if (this.#isFirstLine) {
      this.#isFirstLine = false;
      // Only there: elsewhere the mark is text.
      this.#eventStart = -1;
      if (line.length >= 3 && line[0] === 0xef && text(line.subarray(0, 3)) === BYTE_ORDER_MARK)
        line = line.subarray(3);
    }
    if (line.length === 0) this.#dispatch();
    else if (line[0] === COLON) {
      this.#eventStart = -1;
      this.#onFrame({ type: 'comment' });
    } else this.#field(line);
  }

  #field(line: Uint8Array): void {
    const colon = line.indexOf(COLON);
    const name = text(colon === -1 ? line : line.subarray(0, colon));
    if (name !== 'data' && name !== 'error' && name !== 'event') return;
    const valueStart = colon === -1 ? line.length : line[colon + 1] === SPACE ? colon + 2 : colon + 1;
    const value = text(line.subarray(valueStart));
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#name = value;
    else {
      this.#eventStart = -1;
      this.#onFrame({ type: 'error', data: value });
    }
  }

  #dispatch(): void {
    const name = this.#name;
    this.#name = undefined;
    if (this.#data.length === 0) return;
    const data = this.#data.length === 1 ? (this.#data[0] ?? '') : this.#data.join('\n');
    this.#data = [];
    if (data === '') return;
    this.#onFrame(name === 'error' ? { type: 'error', data } : { type: 'data', data, name });
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
