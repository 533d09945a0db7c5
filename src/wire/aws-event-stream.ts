import { crc32 } from 'node:zlib';

/**
 * What one message of an AWS event stream says. Payloads are only lent: they change after the call.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export type AwsMessage =
  | { readonly type: 'event'; readonly name: string; readonly payload: Uint8Array }
  /** An error that the service's model knows, such as `throttlingException`. */
  | { readonly type: 'exception'; readonly name: string; readonly payload: Uint8Array }
  /** An error that it does not know. */
  | { readonly type: 'error'; readonly code: string | undefined; readonly message: string | undefined }
  /** Bytes that are no message: what is wrong with them. After damage to a length nothing more can be read. */
  | { readonly type: 'malformed'; readonly problem: string }
  /** The body has ended within a message. Always the last. */
  | { readonly type: 'cut-off' };

/** Takes bytes however they were cut and gives whole messages. */
export interface AwsEventStreamFramer {
  /** Calls back during the call for every message that these bytes complete. The bytes are not kept. */
  push(bytes: Uint8Array): void;
  /** The body has ended. */
  end(): void;
}

/** Total length, length of the headers, and the checksum of both: four bytes each, as all numbers here the highest byte first. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;
/** What AWS's own C library allows. */
const MAX_MESSAGE_BYTES = 24 * 1024 * 1024;
const MAX_HEADERS_BYTES = 128 * 1024;

export function createAwsEventStreamFramer(onMessage: (message: AwsMessage) => void): AwsEventStreamFramer {
  return new MessageFramer(onMessage);
}

class MessageFramer implements AwsEventStreamFramer {
  readonly #onMessage: (message: AwsMessage) => void;
  readonly #prelude = Buffer.alloc(PRELUDE_BYTES);
  /** A prelude or message of which the rest has not come: it has room for all of it. */
  #held: Buffer;
  #heldBytes = 0;
  #isLost = false;
  /** Most messages have the headers of the one before. */
  #headersBlock = Buffer.alloc(0);
  #headers: Headers | undefined = readHeaders(this.#headersBlock);

  constructor(onMessage: (message: AwsMessage) => void) {
    this.#onMessage = onMessage;
    this.#held = this.#prelude;
  }

  push(lent: Uint8Array): void {
    const bytes = Buffer.from(lent.buffer, lent.byteOffset, lent.length);
    let at = 0;
    while (at < bytes.length && !this.#isLost)
      at = this.#heldBytes === 0 ? this.#takeWhole(bytes, at) : this.#fill(bytes, at);
  }

  end(): void {
    if (this.#heldBytes > 0 && !this.#isLost) this.#onMessage({ type: 'cut-off' });
  }

  /** The usual case: a message that lies whole in one read is read where it lies. Returns where the next one begins. */
  #takeWhole(bytes: Buffer, at: number): number {
    if (bytes.length - at < PRELUDE_BYTES) return this.#fill(bytes, at);
    const length = this.#lengthAt(bytes, at);
    if (length === undefined) return bytes.length;
    const end = at + length;
    if (end > bytes.length) {
      this.#held = Buffer.allocUnsafe(length);
      return this.#fill(bytes, at);
    }
    this.#read(bytes.subarray(at, end));
    return end;
  }

  /** Copies what belongs to the message under way; returns where that ends. */
  #fill(bytes: Buffer, at: number): number {
    const copied = bytes.copy(this.#held, this.#heldBytes, at);
    this.#heldBytes += copied;
    if (this.#heldBytes < this.#held.length) return at + copied;
    if (this.#held === this.#prelude) this.#openMessage();
    else {
      const message = this.#held;
      this.#held = this.#prelude;
      this.#heldBytes = 0;
      this.#read(message);
    }
    return at + copied;
  }

  #openMessage(): void {
    const length = this.#lengthAt(this.#prelude, 0);
    if (length === undefined) return;
    this.#held = Buffer.allocUnsafe(length);
    this.#prelude.copy(this.#held);
  }

  /** Length of the message that begins here, once its prelude holds. */
  #lengthAt(bytes: Buffer, at: number): number | undefined {
    const length = bytes.readUInt32BE(at);
    const headersLength = bytes.readUInt32BE(at + 4);
    if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8)) return this.#lose('its checksum is wrong');
    if (length > MAX_MESSAGE_BYTES) return this.#lose(`it announces ${length} bytes`);
    if (headersLength > MAX_HEADERS_BYTES) return this.#lose(`it announces ${headersLength} bytes of headers`);
    if (length < PRELUDE_BYTES + headersLength + CHECKSUM_BYTES)
      return this.#lose(`${length} bytes have no room for ${headersLength} bytes of headers`);
    return length;
  }

  /** Where the next message begins is not known any more. */
  #lose(problem: string): undefined {
    this.#isLost = true;
    this.#onMessage({ type: 'malformed', problem: `the beginning of a message is damaged: ${problem}` });
  }

  #read(message: Buffer): void {
    const end = message.length - CHECKSUM_BYTES;
    if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) {
      this.#onMessage({
        type: 'malformed',
        problem: `a message of ${message.length} bytes is damaged: its checksum is wrong`,
      });
      return;
    }
    const headersEnd = PRELUDE_BYTES + message.readUInt32BE(4);
    if (message.compare(this.#headersBlock, 0, this.#headersBlock.length, PRELUDE_BYTES, headersEnd) !== 0) {
      this.#headersBlock = Buffer.from(message.subarray(PRELUDE_BYTES, headersEnd));
      this.#headers = readHeaders(this.#headersBlock);
    }
    this.#onMessage(
      this.#headers === undefined ? BROKEN_HEADERS : toMessage(this.#headers, message.subarray(headersEnd, end)),
    );
  }
}

const BROKEN_HEADERS: AwsMessage = { type: 'malformed', problem: 'the headers of a message cannot be read' };

/** The headers that say what a message is. */
interface Headers {
  messageType: string | undefined;
  eventType: string | undefined;
  exceptionType: string | undefined;
  errorCode: string | undefined;
  errorMessage: string | undefined;
}

const FIELDS: ReadonlyMap<string, keyof Headers> = new Map([
  [':message-type', 'messageType'],
  [':event-type', 'eventType'],
  [':exception-type', 'exceptionType'],
  [':error-code', 'errorCode'],
  [':error-message', 'errorMessage'],
]);

function toMessage(headers: Headers, payload: Uint8Array): AwsMessage {
  const { messageType = 'event', eventType, exceptionType, errorCode, errorMessage } = headers;
  if (messageType === 'event') return { type: 'event', name: eventType ?? '', payload };
  if (messageType === 'exception') return { type: 'exception', name: exceptionType ?? eventType ?? '', payload };
  if (messageType === 'error') return { type: 'error', code: errorCode, message: errorMessage };
  return { type: 'malformed', problem: 'a message is neither event, exception nor error' };
}

const BYTES_TYPE = 6;
const TEXT_TYPE = 7;
/** Sizes of the values whose size their type tells: both truths, numbers of 1 to 8 bytes, a time, and a UUID. */
const VALUE_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
  [8, 8],
  [9, 16],
]);

/** Name length, name, type, value; undefined when these do not fill the block exactly. */
function readHeaders(block: Buffer): Headers | undefined {
  const headers: Headers = {
    messageType: undefined,
    eventType: undefined,
    exceptionType: undefined,
    errorCode: undefined,
    errorMessage: undefined,
  };
  let at = 0;
  while (at < block.length) {
    const nameEnd = at + 1 + (block[at] ?? 0);
    const type = block[nameEnd];
    if (type === undefined) return undefined;
    let start = nameEnd + 1;
    let size = VALUE_BYTES.get(type);
    if (type === BYTES_TYPE || type === TEXT_TYPE) {
      if (start + 2 > block.length) return undefined;
      size = block.readUInt16BE(start);
      start += 2;
    }
    if (size === undefined || start + size > block.length) return undefined;
    const field = type === TEXT_TYPE ? FIELDS.get(block.toString('latin1', at + 1, nameEnd)) : undefined;
    if (field !== undefined) headers[field] = block.toString('utf8', start, start + size);
    at = start + size;
  }
  return headers;
}
