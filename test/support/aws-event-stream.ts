/** For tests: writes AWS event streams. Shares no code with what reads them. */
import { crc32 } from 'node:zlib';

export type AwsHeaders = Readonly<Record<string, string>>;

/** One message: total length, length of headers, checksum of both, headers, payload, checksum of all before. */
export function awsMessage(headers: AwsHeaders, payload: Uint8Array | string): Buffer {
  return awsMessageOf(Buffer.concat(Object.entries(headers).map(([name, value]) => textHeader(name, value))), payload);
}

/** The same from a block of headers that is written already. */
export function awsMessageOf(block: Uint8Array, payload: Uint8Array | string): Buffer {
  const body = Buffer.from(payload as Uint8Array);
  const lengths = Buffer.concat([uint32(16 + block.length + body.length), uint32(block.length)]);
  const unsealed = Buffer.concat([lengths, uint32(crc32(lengths)), block, body]);
  return Buffer.concat([unsealed, uint32(crc32(unsealed))]);
}

export function awsEvent(name: string, payload: Uint8Array | string): Buffer {
  return awsMessage({ ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' }, payload);
}

export function awsException(name: string, payload: string): Buffer {
  return awsMessage(
    { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' },
    payload,
  );
}

export function awsError(code: string, message: string): Buffer {
  return awsMessage({ ':error-code': code, ':error-message': message, ':message-type': 'error' }, '');
}

function textHeader(name: string, value: string): Buffer {
  const bytes = Buffer.from(value);
  const head = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7, 0, 0])]);
  head.writeUInt16BE(bytes.length, head.length - 2);
  return Buffer.concat([head, bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * A stream from its readable form, one message a line: `event NAME PAYLOAD`, `exception NAME PAYLOAD`, `error CODE MESSAGE`,
 * `chunk JSON` (an event `chunk` that holds the JSON in base64), `damaged NAME PAYLOAD` (an event whose last payload byte is
 * another), `cut COUNT NAME PAYLOAD` (the first bytes of an event), `bytes HEX`. A payload in quotes is a JSON string and stands
 * for its text. Lines that begin with `#` say what a stream is there for.
 */
export function awsStreamOf(source: string): Buffer {
  const lines = source.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Buffer.concat(lines.map(messageOf));
}

function messageOf(line: string): Buffer {
  const [, verb, rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
  const [, name = '', tail = ''] = /^(\S*) ?(.*)$/.exec(rest) ?? [];
  const payload = tail.startsWith('"') ? String(JSON.parse(tail)) : tail;
  if (verb === 'event') return awsEvent(name, payload);
  if (verb === 'exception') return awsException(name, payload);
  if (verb === 'error') return awsError(name, payload);
  if (verb === 'chunk')
    return awsEvent('chunk', JSON.stringify({ bytes: Buffer.from(rest).toString('base64'), p: 'abc' }));
  if (verb === 'bytes') return Buffer.from(rest.replaceAll(' ', ''), 'hex');
  if (verb === 'cut') return messageOf(`event ${payload}`).subarray(0, Number(name));
  if (verb === 'damaged') {
    const bytes = awsEvent(name, payload);
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] ?? 0) ^ 1;
    return bytes;
  }
  throw new Error(`no message is written as ${line}`);
}
