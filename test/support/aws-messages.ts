// For tests of the simulator: takes an AWS event stream apart without checking its sums; a contract test has AWS's own codec do that.

export interface AwsMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Buffer;
}

export function splitAwsMessages(bytes: Buffer): readonly AwsMessage[] {
  const messages: AwsMessage[] = [];
  for (let start = 0; start < bytes.length; ) {
    const length = bytes.readUInt32BE(start);
    const headersEnd = start + 12 + bytes.readUInt32BE(start + 4);
    const headers = readHeaders(bytes.subarray(start + 12, headersEnd));
    messages.push({ headers, payload: bytes.subarray(headersEnd, start + length - 4) });
    start += length;
  }
  return messages;
}

function readHeaders(bytes: Buffer): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const valueStart = nameEnd + 3;
    const valueEnd = valueStart + bytes.readUInt16BE(nameEnd + 1);
    headers[bytes.toString('utf8', at + 1, nameEnd)] = bytes.toString('utf8', valueStart, valueEnd);
    at = valueEnd;
  }
  return headers;
}
