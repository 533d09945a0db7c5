// For end-to-end tests: a simulated endpoint within the test's process, whose requests can be waited for.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type FlagValues, parseSimulatorFlags } from '../../src/simulator/flags.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { TruthRecord } from '../../src/simulator/truth.ts';

/** Node tells of every connection that a server of this process accepts. */
const CONNECTIONS = 'net.server.socket';
const REQUEST_LINE = 'POST /';

export interface Endpoint extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Finished requests, in the order of their end. */
  readonly truth: readonly TruthRecord[];
  /** Requests read so far, finished or not. */
  readonly received: () => number;
  /** Resolves once that many requests have been read. */
  untilReceived(count: number): Promise<void>;
  /** Ends what is still open and gives all requests in the order of their arrival. */
  settle(): Promise<readonly TruthRecord[]>;
}

/** Answers at once (two tokens, no delays) unless told otherwise; flags as `llm-bench simulate` has them, in camel case. */
export async function startEndpoint(flags: FlagValues = {}): Promise<Endpoint> {
  const settings = { ttft: '0', tokenDelay: '0', tokens: '2', ...flags };
  const simulator = await startSimulator({ ...parseSimulatorFlags(settings), port: 0, keepTruth: true });
  const counter = countRequests(simulator.port);
  const close = async (): Promise<void> => {
    counter.stop();
    await simulator.close();
  };
  return {
    url: simulator.url,
    port: simulator.port,
    truth: simulator.truth,
    received: counter.count,
    untilReceived: counter.until,
    async settle() {
      await close();
      return simulator.truth.toSorted((one, other) => one.n - other.n);
    },
    [Symbol.asyncDispose]: close,
  };
}

/** The most requests that were open at the server at the same time. */
export function mostAtOnce(truth: readonly TruthRecord[]): number {
  const changes = truth.flatMap(({ receivedAtMs, endedAtMs }) => [
    { atMs: receivedAtMs, change: 1 },
    { atMs: endedAtMs, change: -1 },
  ]);
  let open = 0;
  let most = 0;
  // An end and an arrival of the same instant are one after the other.
  for (const { change } of changes.sort((one, other) => one.atMs - other.atMs || one.change - other.change)) {
    open += change;
    most = Math.max(most, open);
  }
  return most;
}

/** Milliseconds of the clock that truth records are stamped with. */
export function serverClockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

interface RequestCounter {
  readonly count: () => number;
  readonly until: (count: number) => Promise<void>;
  readonly stop: () => void;
}

/** llm-bench writes a request in one piece and sends none before the last was answered: each begins a read. */
function countRequests(port: number): RequestCounter {
  let count = 0;
  const waiting = new Set<() => void>();
  const onConnection = (message: unknown): void => {
    const { socket } = message as { readonly socket: Socket };
    if (socket.localPort !== port) return;
    socket.on('data', (bytes: Buffer) => {
      if (!bytes.subarray(0, REQUEST_LINE.length).equals(Buffer.from(REQUEST_LINE))) return;
      count += 1;
      for (const check of [...waiting]) check();
    });
  };
  subscribe(CONNECTIONS, onConnection);
  return {
    count: () => count,
    until: (wanted) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (count < wanted) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop: () => void unsubscribe(CONNECTIONS, onConnection),
  };
}

/** A request as it came over the wire. */
export interface CapturedRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Capture extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly CapturedRequest[];
}

/** What the simulator never does: shows what it was sent, and answers as the test says. */
export async function startCapture(
  answer: (request: CapturedRequest, response: ServerResponse) => void = answerOneToken,
): Promise<Capture> {
  const requests: CapturedRequest[] = [];
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      const body = JSON.parse(Buffer.concat(pieces).toString('utf8'));
      const request = { url: incoming.url ?? '', headers: incoming.headers, body };
      requests.push(request);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The smallest stream that is whole. */
export function answerOneToken(_request: CapturedRequest, response: ServerResponse): void {
  const chunk = { choices: [{ delta: { content: 'hi' }, finish_reason: 'stop' }] };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
}
