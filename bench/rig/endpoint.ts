// Starts the endpoint that benches measure, and reads the truth that it wrote down.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { nativeProgram } from './native.ts';

export interface EndpointOptions {
  readonly tokens: number;
  readonly gapMs: number;
  /** Uniform between the two. */
  readonly ttftMs: readonly [number, number];
  /** Writes as fast as the client reads; keeps no truth of writes. */
  readonly isFirehose?: boolean;
  readonly seed?: number;
}

/** What really happened, by number of the request, in milliseconds of the machine's monotonic clock. */
export interface Truth {
  readonly number: number;
  readonly receivedAtMs: number;
  /** One instant per token, right before its write. */
  readonly writes: Float64Array;
}

export interface Endpoint {
  readonly url: string;
  readonly port: number;
  /** CPU that it has used, in milliseconds; only on Linux. */
  cpuMs(): number;
  /** Ends it and reads its record. */
  stop(): Promise<ReadonlyMap<number, Truth>>;
}

const NODE_ENDPOINT = fileURLToPath(new URL('node-endpoint.ts', import.meta.url));
const MS_PER_TICK = 10;

/** The C endpoint where it can be compiled, else one on node:net that does the same. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-truth-'));
  const truthFile = join(folder, 'truth.bin');
  const flags = [
    ...['--tokens', options.tokens, '--gap-us', options.gapMs * 1_000, '--truth', truthFile],
    ...['--ttft-us', ...options.ttftMs.map((ms) => ms * 1_000), '--seed', options.seed ?? 1],
    ...(options.isFirehose ? ['--firehose'] : []),
  ].map(String);
  const program = nativeProgram('endpoint');
  const child: ChildProcess =
    program === undefined
      ? spawn(process.execPath, [NODE_ENDPOINT, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
      : spawn(program, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const { stdout } = child;
  if (stdout === null) throw new Error('the endpoint has no stdout');
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  let stopped: Promise<ReadonlyMap<number, Truth>> | undefined;
  const stop = async (): Promise<ReadonlyMap<number, Truth>> => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    const truth = readTruth(truthFile);
    rmSync(folder, { recursive: true });
    return truth;
  };
  return {
    url: `http://127.0.0.1:${line}/v1`,
    port: Number(line),
    cpuMs: () => cpuMsOf(child.pid),
    stop: () => (stopped ??= stop()),
  };
}

/** From /proc, where the command may hold spaces. */
export function cpuMsOf(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return Number.NaN;
  }
}

/** Doubles: number, received, count, then as many instants. */
export function readTruth(path: string): Map<number, Truth> {
  const bytes = readFileSync(path);
  const values = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const truths = new Map<number, Truth>();
  for (let offset = 0; offset < values.length; ) {
    const [number = 0, receivedAtMs = 0, count = 0] = values.subarray(offset, offset + 3);
    truths.set(number, { number, receivedAtMs, writes: values.subarray(offset + 3, offset + 3 + count) });
    offset += 3 + count;
  }
  return truths;
}
