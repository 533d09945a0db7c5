/**
 * Reads one HTTP/1.1 response after another from the bytes of a connection (RFC 9112). Bodies are lent as they come, without a
 * copy, so that whoever stamps them has them in the same turn as the socket read.
 */
export interface ResponseListener {
  onHeaders(status: number, headers: ReadonlyMap<string, string>): void;
  /** Body bytes: those from `start` to before `end`; lent for the call. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
  /**
   * The response is whole. `isReusable`: the connection may carry another request. `bytesLeft`: how many bytes of the same read come
   * after it.
   */
  onEnd(isReusable: boolean, bytesLeft: number): void;
  /** The bytes are not HTTP, or against its limits. The connection is of no more use. */
  onMalformed(problem: string): void;
}

export interface ResponseParser {
  /** Takes the bytes before `end`, by default all. */
  push(bytes: Uint8Array, end?: number): void;
  /** The connection has ended in an orderly way. Returns whether that completed a response (a body without a length). */
  close(): boolean;
}

type State = 'head' | 'sized-body' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'open-body' | 'over';

/** Node's own limit is 16 KiB; proxies add long headers, so we are more patient. */
const MAX_HEAD_BYTES = 65_536;
const MAX_CHUNK_SIZE_LINE_BYTES = 1_024;
/** Of a chunk's size that is read without its line: 256 MiB. */
const MAX_QUICK_DIGITS = 7;
const LF = 0x0a;
const CR = 0x0d;
const CAPITAL_H = 0x48;

export function createResponseParser(listener: ResponseListener): ResponseParser {
  return new Http1Parser(listener);
}

class Http1Parser implements ResponseParser {
  readonly #listener: ResponseListener;
  #state: State = 'head';
  #line: Uint8Array[] = [];
  #lineBytes = 0;
  #headLines: string[] = [];
  #headBytes = 0;
  #remaining = 0;
  #bytesLeft = 0;
  #isReusable = true;

  constructor(listener: ResponseListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array, end: number = bytes.length): void {
    let offset = 0;
    while (offset < end && this.#state !== 'over') {
      if (this.#state === 'sized-body' || this.#state === 'chunk-data') offset = this.#body(bytes, offset, end);
      else if (this.#state === 'open-body') {
        this.#listener.onBody(bytes, offset, end);
        return;
      } else offset = this.#betweenChunks(bytes, offset, end) ?? this.#untilLine(bytes, offset, end);
    }
  }

  /**
   * The lines between the data of two chunks as nearly all servers write them, in one look. Returns where they end; undefined where
   * they are cut or say more, and are read line by line.
   */
  #betweenChunks(bytes: Uint8Array, offset: number, end: number): number | undefined {
    if (this.#line.length > 0) return undefined;
    let place = offset;
    if (this.#state === 'chunk-end') {
      if (place + 2 > end || bytes[place] !== CR || bytes[place + 1] !== LF) return undefined;
      place += 2;
      // Most reads end so: a chunk each.
      if (place === end) {
        this.#state = 'chunk-size';
        return place;
      }
    } else if (this.#state !== 'chunk-size') return undefined;
    const sizeStart = place;
    let size = 0;
    for (let digit = hexDigit(bytes[place]); digit !== -1 && place < end; digit = hexDigit(bytes[++place])) {
      size = size * 16 + digit;
    }
    const isSize = place > sizeStart && place - sizeStart <= MAX_QUICK_DIGITS && size > 0;
    if (!isSize || place + 2 > end || bytes[place] !== CR || bytes[place + 1] !== LF) return undefined;
    this.#remaining = size;
    this.#state = 'chunk-data';
    return place + 2;
  }

  close(): boolean {
    if (this.#state !== 'open-body') return false;
    this.#bytesLeft = 0;
    this.#finish();
    return true;
  }

  #body(bytes: Uint8Array, offset: number, readEnd: number): number {
    const end = Math.min(readEnd, offset + this.#remaining);
    this.#remaining -= end - offset;
    this.#bytesLeft = readEnd - end;
    const isLast = this.#remaining === 0;
    // The state moves on first: the callback may abort, and an aborted parser must not come back to life.
    const isSized = this.#state === 'sized-body';
    if (isLast && !isSized) this.#state = 'chunk-end';
    this.#listener.onBody(bytes, offset, end);
    if (isLast && isSized) this.#finish();
    return end;
  }

  #untilLine(bytes: Uint8Array, offset: number, readEnd: number): number {
    const found = bytes.indexOf(LF, offset);
    // Behind the end of this read stands what is left of others.
    const newline = found < readEnd ? found : -1;
    const end = newline === -1 ? readEnd : newline;
    if (this.#isNotHttp(bytes, offset)) {
      this.#malformed('it does not begin with an HTTP/1.1 status line');
      return readEnd;
    }
    this.#lineBytes += end - offset;
    const limit = this.#state === 'head' || this.#state === 'trailers' ? MAX_HEAD_BYTES : MAX_CHUNK_SIZE_LINE_BYTES;
    if (this.#lineBytes > limit) {
      this.#malformed('one of its lines is too long');
      return readEnd;
    }
    if (newline === -1) {
      // A new array: `slice` of a Buffer would go on looking at the lent bytes.
      this.#line.push(new Uint8Array(bytes.subarray(offset, readEnd)));
      return readEnd;
    }
    this.#line.push(bytes.subarray(offset, newline));
    const line = this.#line.length === 1 ? Buffer.from(this.#line[0] ?? []) : Buffer.concat(this.#line);
    this.#line = [];
    this.#lineBytes = 0;
    this.#bytesLeft = readEnd - newline - 1;
    this.#onLine(line.toString('latin1', 0, line.at(-1) === CR ? line.length - 1 : line.length));
    return newline + 1;
  }

  /** Told from the first byte, for such an answer may never end a line. */
  #isNotHttp(bytes: Uint8Array, offset: number): boolean {
    if (this.#state !== 'head' || this.#headLines.length > 0 || this.#lineBytes > 0) return false;
    const first = bytes[offset];
    return first !== CAPITAL_H && first !== CR && first !== LF;
  }

  #onLine(line: string): void {
    if (this.#state === 'head') this.#headLine(line);
    else if (this.#state === 'chunk-size') this.#chunkSize(line);
    else if (this.#state === 'chunk-end') {
      if (line === '') this.#state = 'chunk-size';
      else this.#malformed('a chunk is longer than its size says');
    } else if (line === '') this.#finish();
  }

  #headLine(line: string): void {
    this.#headBytes += line.length;
    if (this.#headBytes > MAX_HEAD_BYTES) this.#malformed('its head is over 64 KiB');
    else if (line !== '') this.#headLines.push(line);
    // Empty lines before the status line are allowed (RFC 9112 §2.2).
    else if (this.#headLines.length > 0) this.#head();
  }

  #head(): void {
    const [statusLine = '', ...fields] = this.#headLines;
    this.#headLines = [];
    this.#headBytes = 0;
    const match = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(statusLine);
    if (match === null) {
      this.#malformed('it does not begin with an HTTP/1.1 status line');
      return;
    }
    const status = Number(match[2]);
    const headers = parseFields(fields);
    // 100, 102 and 103 announce; the response is still to come. 101 was never asked for.
    if (status >= 100 && status < 200 && status !== 101) return;
    this.#isReusable = isKeptAlive(match[1] === '1', headers);
    this.#beginBody(status, headers);
  }

  #beginBody(status: number, headers: ReadonlyMap<string, string>): void {
    const encoding = headers.get('transfer-encoding');
    const length = headers.get('content-length');
    if (status === 204 || status === 304) this.#remaining = 0;
    else if (encoding !== undefined) {
      if (!/(^|,)\s*chunked\s*$/i.test(encoding)) {
        this.#malformed(`its transfer-encoding ${encoding} is unknown`);
        return;
      }
      this.#state = 'chunk-size';
      this.#listener.onHeaders(status, headers);
      return;
    } else if (length === undefined) {
      this.#state = 'open-body';
      this.#isReusable = false;
      this.#listener.onHeaders(status, headers);
      return;
    } else if (CONTENT_LENGTH.test(length)) this.#remaining = Number.parseInt(length, 10);
    else {
      this.#malformed(`its content-length ${length} is no number`);
      return;
    }
    this.#state = 'sized-body';
    this.#listener.onHeaders(status, headers);
    if (this.#remaining === 0 && this.#state === 'sized-body') this.#finish();
  }

  #chunkSize(line: string): void {
    const match = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line);
    if (match === null) {
      this.#malformed('a chunk has no size');
      return;
    }
    this.#remaining = Number.parseInt(match[1] ?? '0', 16);
    this.#state = this.#remaining === 0 ? 'trailers' : 'chunk-data';
  }

  #finish(): void {
    this.#state = 'head';
    this.#listener.onEnd(this.#isReusable, this.#bytesLeft);
  }

  #malformed(problem: string): void {
    this.#state = 'over';
    this.#listener.onMalformed(problem);
  }
}

/** -1 for all else. */
function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** A number, also the same one repeated, as proxies do; different ones leave no way to tell where the body ends (RFC 9112 §6.3). */
const CONTENT_LENGTH = /^(\d{1,15})(?:\s*,\s*\1)*$/;

/** Header fields by lower-case name; repeated ones joined by a comma. */
function parseFields(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return headers;
}

function isKeptAlive(isHttp11: boolean, headers: ReadonlyMap<string, string>): boolean {
  const connection = headers.get('connection')?.toLowerCase() ?? '';
  return isHttp11 ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
}
