// For the tests of this folder: an HTTP client that shows what was on the wire, and shares no code with the server.
import { connect, type Socket } from 'node:net';

export interface RawRequest {
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text is sent as it is, an object as JSON; default: a streamed chat completion that asks for usage. */
  readonly body?: unknown;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** Chunks joined, as text. */
  readonly body: string;
  /** The same as bytes. */
  readonly bytes: Buffer;
  /** False when the announced length, or the last chunk, never came. */
  readonly isWhole: boolean;
  /** How the server ended the connection. */
  readonly ending: 'fin' | 'reset';
}

export const CHAT: Readonly<Record<string, unknown>> = {
  model: 'a-model',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'three small words' }],
};

/** A request under way on a connection of its own. */
export class RawExchange {
  readonly ended: Promise<'fin' | 'reset'>;
  /** One buffer per read of the socket. */
  readonly reads: Buffer[] = [];
  readonly #socket: Socket;

  constructor(request: RawRequest) {
    this.#socket = connect({ port: request.port, host: '127.0.0.1', noDelay: true });
    this.#socket.write(formatRequest(request));
    this.#socket.on('data', (bytes: Buffer) => this.reads.push(bytes));
    const { promise, resolve } = Promise.withResolvers<'fin' | 'reset'>();
    this.#socket.once('end', () => resolve('fin'));
    this.#socket.once('error', () => resolve('reset'));
    this.ended = promise;
  }

  /** Resolves as soon as the bytes received contain `text`. */
  async until(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const check = (): void => {
      if (Buffer.concat(this.reads).includes(text)) resolve();
    };
    this.#socket.on('data', check);
    check();
    await promise;
  }

  /** Another request on the same connection. */
  send(request: RawRequest): void {
    this.#socket.write(formatRequest(request));
  }

  leave(): void {
    this.#socket.destroy();
  }

  async answer(): Promise<RawAnswer> {
    const ending = await this.ended;
    return { ...parseAnswer(Buffer.concat(this.reads)), ending };
  }
}

export async function ask(request: RawRequest): Promise<RawAnswer> {
  return await new RawExchange(request).answer();
}

/** The JSON of each `data:` line but [DONE], for answers in the plain framing. */
export function chunksOf(answer: RawAnswer): readonly Chunk[] {
  const lines = answer.body.split('\n').filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]');
  return lines.map((line) => JSON.parse(line.slice('data: '.length)));
}

export interface Delta {
  readonly role?: string;
  readonly content?: string;
  readonly reasoning?: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly { readonly id?: string; readonly function: { name?: string; arguments: string } }[];
}

export interface Chunk {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly { readonly delta: Delta; readonly finish_reason: string | null }[];
  readonly usage?: { readonly completion_tokens: number; readonly [key: string]: unknown } | null;
  readonly error?: unknown;
}

export function textOf(answer: RawAnswer): string {
  return chunksOf(answer)
    .map((chunk) => chunk.choices[0]?.delta.content ?? '')
    .join('');
}

function formatRequest({
  method = 'POST',
  path = '/v1/chat/completions',
  headers = {},
  body = CHAT,
}: RawRequest): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const all = { host: 'simulator', connection: 'close', 'content-length': String(Buffer.byteLength(text)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`;
}

function parseAnswer(bytes: Buffer): Omit<RawAnswer, 'ending'> {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return { status: 0, headers: new Map(), body: '', bytes: Buffer.alloc(0), isWhole: false };
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
  const rest = bytes.subarray(headEnd + 4);
  const isChunked = headers.get('transfer-encoding') === 'chunked';
  const { body, isWhole } = isChunked
    ? joinChunks(rest)
    : { body: rest, isWhole: rest.length === Number(headers.get('content-length')) };
  return { status: Number(statusLine.split(' ')[1]), headers, body: body.toString('utf8'), bytes: body, isWhole };
}

function joinChunks(bytes: Buffer): { body: Buffer; isWhole: boolean } {
  const parts: Buffer[] = [];
  let position = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', position);
    if (lineEnd < 0) return { body: Buffer.concat(parts), isWhole: false };
    const size = Number.parseInt(bytes.toString('latin1', position, lineEnd), 16);
    if (size === 0) return { body: Buffer.concat(parts), isWhole: true };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    position = lineEnd + 2 + size + 2;
  }
}
