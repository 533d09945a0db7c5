import { STATUS_CODES } from 'node:http';

export type Headers = Readonly<Record<string, string>>;

// Not registered with IANA, but sent by Anthropic.
const REASON_OF_529 = 'Overloaded';

/** Status line and headers, with the empty line. */
export function formatHead(status: number, headers: Headers): string {
  const reason = status === 529 ? REASON_OF_529 : (STATUS_CODES[status] ?? 'Unknown');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n`;
}

/** A whole response with a body of known length. */
export function formatResponse(status: number, headers: Headers, body: string): Buffer {
  const head = formatHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  return Buffer.from(head + body);
}
