import { crc32 } from 'node:zlib';
import type { AnswerEvent } from './answer-events.ts';
import type { FrameText } from './frame-style.ts';

type MessageHeaders = Readonly<Record<string, string>>;

const PRELUDE_BYTES = 8;
const CRC_BYTES = 4;
const STRING_TYPE = 7;

/**
 * One message of an AWS event stream: total length, headers' length, CRC of these two, headers, payload, CRC of all before.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function encodeAwsMessage(head: Buffer, payload: Uint8Array): Buffer {
  const message = Buffer.alloc(PRELUDE_BYTES + CRC_BYTES + head.length + payload.length + CRC_BYTES);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, PRELUDE_BYTES)), PRELUDE_BYTES);
  message.set(head, PRELUDE_BYTES + CRC_BYTES);
  message.set(payload, PRELUDE_BYTES + CRC_BYTES + head.length);
  const end = message.length - CRC_BYTES;
  message.writeUInt32BE(crc32(message.subarray(0, end)), end);
  return message;
}

/** The headers of a message in their order. */
export function encodeAwsHeaders(headers: MessageHeaders): Buffer {
  return Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)));
}

function encodeHeader(name: string, value: string): Buffer {
  const valueBytes = Buffer.from(value);
  const bytes = Buffer.alloc(1 + name.length + 1 + 2 + valueBytes.length);
  bytes.writeUInt8(name.length, 0);
  bytes.write(name, 1, 'latin1');
  bytes.writeUInt8(STRING_TYPE, 1 + name.length);
  bytes.writeUInt16BE(valueBytes.length, 2 + name.length);
  bytes.set(valueBytes, 4 + name.length);
  return bytes;
}

/** Bedrock's streams: one message an event, its JSON the payload. */
export function createAwsFrame(): FrameText {
  // A stream has few names for its events.
  const heads = new Map<string | undefined, Buffer>();
  return (event) => {
    const { kind, name, data } = event;
    let head = kind === 'exception' || kind === 'error-field' ? undefined : heads.get(name);
    if (head === undefined) {
      head = encodeAwsHeaders(headersOf(event));
      heads.set(name, head);
    }
    // An error has its text among the headers, and nothing besides.
    const payload = Buffer.from(kind === 'error-field' ? '' : data);
    return encodeAwsMessage(head, payload).toString('latin1');
  };
}

function headersOf({ kind, name = '', data }: AnswerEvent): MessageHeaders {
  const contentType = { ':content-type': 'application/json' };
  if (kind === 'error-field') return { ':message-type': 'error', ':error-code': name, ':error-message': data };
  if (kind === 'exception') return { ':exception-type': name, ...contentType, ':message-type': 'exception' };
  return { ':event-type': name, ...contentType, ':message-type': 'event' };
}

/**
 * SageMaker's streams: the container's own stream in slices that heed neither its events nor its characters. Each event comes in
 * two, cut at another place every time, both in the event's one write.
 */
export function createPayloadPartFrame(inner: FrameText): FrameText {
  let eventNumber = 0;
  return (event, isEnd) => {
    if (event.kind === 'exception') return createAwsFrame()(event, isEnd);
    eventNumber += 1;
    const bytes = Buffer.from(inner(event, isEnd));
    const cut = 1 + ((eventNumber * CUT_STEP) % Math.max(1, bytes.length - 1));
    return [bytes.subarray(0, cut), bytes.subarray(cut)]
      .filter(({ length }) => length > 0)
      .map((part) => encodeAwsMessage(PART_HEAD, part).toString('latin1'))
      .join('');
  };
}

// A prime, so that the cuts wander through the events.
const CUT_STEP = 37;
const PART_HEAD: Buffer = encodeAwsHeaders({
  ':event-type': 'PayloadPart',
  ':content-type': 'application/octet-stream',
  ':message-type': 'event',
});
