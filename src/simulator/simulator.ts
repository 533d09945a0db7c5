import { createServer, type Server } from 'node:net';
import { Connection } from './connection.ts';
import { Endpoint } from './endpoint.ts';
import type { SimulatorOptions } from './options.ts';
import { openTruthLog, type TruthLog, type TruthRecord } from './truth.ts';

/** A running endpoint with known latencies and faults. */
export interface Simulator {
  /** Base URL of the API, `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  readonly port: number;
  /** Finished requests in the order of their end; stays empty unless `keepTruth`. */
  readonly truth: readonly TruthRecord[];
  /** Resolves with the error if the truth file cannot be written any more; pending otherwise. */
  readonly failed: Promise<Error>;
  /** Ends all requests, sockets and timers, and writes out the truth; rejects if that was or is impossible. */
  close(): Promise<void>;
}

// Connections come in bursts of the load's concurrency; Linux cuts this to net.core.somaxconn.
const BACKLOG = 4096;

/** Starts listening. Rejects if the port is taken or the truth file cannot be opened. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const truthLog = options.truthFile === undefined ? undefined : await openTruthLog(options.truthFile);
  const truth: TruthRecord[] = [];
  const endpoint = new Endpoint(options, (record) => {
    if (options.keepTruth) truth.push(record);
    truthLog?.append(record);
  });
  const connections = new Set<Connection>();
  const server = createSimulatorServer(endpoint, connections);
  try {
    await listen(server, options);
  } catch (error) {
    await truthLog?.close();
    throw error;
  }
  const port = portOf(server);
  return {
    url: `http://${formatHost(options.host)}:${port}/v1`,
    port,
    truth,
    failed: truthLog?.failed ?? new Promise<Error>(() => undefined),
    close: () => closeAll({ server, endpoint, connections, truthLog }),
  };
}

interface Parts {
  readonly server: Server;
  readonly endpoint: Endpoint;
  readonly connections: ReadonlySet<Connection>;
  readonly truthLog: TruthLog | undefined;
}

function createSimulatorServer(endpoint: Endpoint, connections: Set<Connection>): Server {
  let connectionCount = 0;
  return createServer((socket) => {
    connectionCount += 1;
    const connection = new Connection(socket, connectionCount, {
      onRequest: (arrival) => endpoint.receive(arrival),
      onMalformed: (sender, message) => endpoint.rejectMalformed(sender, message),
    });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
}

async function listen(server: Server, { host, port }: SimulatorOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ host, port, backlog: BACKLOG }, resolve);
  await promise;
  server.off('error', reject);
}

async function closeAll({ server, endpoint, connections, truthLog }: Parts): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The only error is ERR_SERVER_NOT_RUNNING, at a second close().
  server.close(() => resolve());
  endpoint.close();
  for (const connection of connections) connection.destroy();
  await promise;
  await truthLog?.close();
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no TCP address: ${address}`);
  return address.port;
}

function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
