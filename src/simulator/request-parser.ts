/** One HTTP/1.x request, body complete. Header names are lower-case. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** HTTP/1.0 knows no chunks and closes after each answer. */
  readonly isHttp10: boolean;
}

/** Bytes that are not an HTTP/1.x request. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

type Head = Omit<HttpRequest, 'body'>;

const HEAD_END = '\r\n\r\n';
const LONGEST_HEAD_BYTES = 65_536;
const REQUEST_LINE = /^([A-Z]+) (\S+) HTTP\/1\.([01])$/;

/**
 * Cuts a connection's bytes into requests. Instead of node:http, because that owns the socket's writes, and here each
 * token must be one write at a stamped time, and a reset or an unfinished body must reach the wire as such.
 */
export class RequestParser {
  #buffers: Buffer[] = [];
  #length = 0;
  #head: Head | undefined;

  push(bytes: Buffer): void {
    this.#buffers.push(bytes);
    this.#length += bytes.length;
  }

  /** The next whole request, undefined until its last byte is here. Throws MalformedRequest. */
  next(): HttpRequest | undefined {
    this.#head ??= this.#takeHead();
    const head = this.#head;
    if (head === undefined) return undefined;
    const body = head.headers.get('transfer-encoding') === 'chunked' ? this.#takeChunkedBody() : this.#takeBody(head);
    if (body === undefined) return undefined;
    this.#head = undefined;
    return { ...head, body };
  }

  /** True while the client waits for `100 Continue` before it sends the body. */
  awaitsContinue(): boolean {
    return this.#head?.headers.get('expect')?.toLowerCase() === '100-continue' && this.#length === 0;
  }

  #takeHead(): Head | undefined {
    const bytes = this.#joined();
    const end = bytes.indexOf(HEAD_END);
    if (end > LONGEST_HEAD_BYTES || (end < 0 && bytes.length > LONGEST_HEAD_BYTES)) {
      throw new MalformedRequest(`the request's head is longer than ${LONGEST_HEAD_BYTES} bytes`);
    }
    if (end < 0) return undefined;
    this.#keepFrom(end + HEAD_END.length);
    return parseHead(bytes.toString('latin1', 0, end));
  }

  #takeBody(head: Head): Buffer | undefined {
    const text = head.headers.get('content-length') ?? '0';
    if (!/^\d+$/.test(text)) throw new MalformedRequest(`content-length "${text}" is not a number`);
    const length = Number(text);
    if (this.#length < length) return undefined;
    const bytes = this.#joined();
    this.#keepFrom(length);
    return bytes.subarray(0, length);
  }

  #takeChunkedBody(): Buffer | undefined {
    const bytes = this.#joined();
    const parts: Buffer[] = [];
    let position = 0;
    for (;;) {
      const lineEnd = bytes.indexOf('\r\n', position);
      if (lineEnd < 0) return undefined;
      const size = Number.parseInt(bytes.toString('latin1', position, lineEnd), 16);
      if (!(size >= 0)) throw new MalformedRequest('a chunk of the request has no size');
      const start = lineEnd + 2;
      if (size === 0) {
        // The last chunk is followed by trailer lines, if any, and an empty line.
        const end = bytes.indexOf(HEAD_END, lineEnd);
        if (end < 0) return undefined;
        this.#keepFrom(end + HEAD_END.length);
        return Buffer.concat(parts);
      }
      if (bytes.length < start + size + 2) return undefined;
      parts.push(bytes.subarray(start, start + size));
      position = start + size + 2;
    }
  }

  #joined(): Buffer {
    const [first] = this.#buffers;
    if (first !== undefined && this.#buffers.length === 1) return first;
    const bytes = Buffer.concat(this.#buffers);
    this.#buffers = [bytes];
    return bytes;
  }

  #keepFrom(offset: number): void {
    const rest = this.#joined().subarray(offset);
    this.#buffers = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
  }
}

function parseHead(text: string): Head {
  const [requestLine = '', ...headerLines] = text.replace(/^(\r\n)+/, '').split('\r\n');
  const [, method, path, minorVersion] = REQUEST_LINE.exec(requestLine) ?? [];
  if (method === undefined || path === undefined) throw new MalformedRequest('the request line is not HTTP/1.x');
  const headers = new Map<string, string>();
  for (const line of headerLines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new MalformedRequest('a header line has no name');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method, path, headers, isHttp10: minorVersion === '0' };
}
