// Does llm-bench notice when it is itself too slow? Runs the command line as a process, alone and with its CPU taken away in several ways,
// and prints what its ledger said beside how wrong its TTFT really was, by the simulator's own record. Needs Linux with taskset and nice.
// On a machine that others use too, `realtime` lets the server and the honest clients go before all others (needs root).
// usage: node bench/slowed-client.ts [rounds] [ledger] [realtime] [part of a hindrance's name]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunDocument } from '../src/contract/run-document.ts';
import { quantile, sortSamples } from '../src/metrics/quantile.ts';
import type { TruthRecord } from '../src/simulator/truth.ts';
import { say } from './rig/figures.ts';

const ENTRY = fileURLToPath(new URL('../bin/llm-bench.js', import.meta.url));
const RUN_SECONDS = 8;
const CLIENT_CORE = '0';
const SERVER_CORE = '1';

interface Hindrance {
  readonly name: string;
  /** An honest run must not be called invalid, a slowed one must. */
  readonly isHonest: boolean;
  /** What the client is started with. */
  readonly before: readonly string[];
  /** Processes that do nothing but use a core, each started with this. */
  readonly busy: readonly (readonly string[])[];
  /** Stops the client for so many milliseconds, every so often, from the third second on; undefined: never. */
  readonly stops: { readonly forMs: number; readonly everyMs: number; readonly times: number } | undefined;
}

const onCore = (core: string): readonly string[] => ['taskset', '-c', core];

const HINDRANCES: readonly Hindrance[] = [
  { name: 'alone', isHonest: true, before: [], busy: [], stops: undefined },
  { name: 'alone on one core', isHonest: true, before: onCore(CLIENT_CORE), busy: [], stops: undefined },
  {
    name: 'one core shared with 1 busy loop',
    isHonest: false,
    before: onCore(CLIENT_CORE),
    busy: [onCore(CLIENT_CORE)],
    stops: undefined,
  },
  {
    name: 'one core shared with 4 busy loops',
    isHonest: false,
    before: onCore(CLIENT_CORE),
    busy: Array.from({ length: 4 }, () => onCore(CLIENT_CORE)),
    stops: undefined,
  },
  {
    name: 'nice 19 beside 4 busy loops',
    isHonest: false,
    before: ['nice', '-n', '19'],
    busy: Array.from({ length: 4 }, () => []),
    stops: undefined,
  },
  { name: 'stopped for 1 s', isHonest: false, before: [], busy: [], stops: { forMs: 1_000, everyMs: 0, times: 1 } },
  {
    name: 'stopped for 40 ms, 5 times a second',
    isHonest: false,
    before: [],
    busy: [],
    stops: { forMs: 40, everyMs: 200, times: 20 },
  },
];

const LOADS: readonly (readonly [string, readonly string[]])[] = [
  ['closed, 16 at a time', ['--concurrency', '16', '--warmup', '17']],
  ['Poisson, 40/s', ['--rate', '40', '--arrival', 'poisson', '--warmup', '30']],
];

const rounds = Number(process.argv[2] ?? 3);
const options = new Set(process.argv.slice(3));
const isRealtime = options.delete('realtime');
const hasLedger = options.delete('ledger');
const [wanted = ''] = options;
const first: readonly string[] = isRealtime ? ['chrt', '-r', '1'] : [];
const folder = mkdtempSync(join(tmpdir(), 'llm-bench-slowed-'));
const children = new Set<ChildProcess>();
let isRight = 0;
let runs = 0;
// Whoever ends this early leaves no busy loop behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
try {
  for (const [load, flags] of LOADS) {
    say(`\n${load}: TTFT 60 ms, 32 tokens at 10 ms; ${RUN_SECONDS} s`);
    for (const hindrance of HINDRANCES.filter(({ name }) => name.includes(wanted))) {
      for (let round = 0; round < rounds; round++) {
        const { document, truth } = await run(hindrance, flags);
        const [target] = document.targets;
        const invalid = (target?.validity ?? []).filter(({ level }) => level === 'invalid');
        const client = target?.metrics['ttft'];
        const server = sortSamples(
          truth.slice(-(client?.n ?? 0)).map(({ writes, receivedAtMs }) => (writes[0] ?? receivedAtMs) - receivedAtMs),
        );
        const error = (['p50', 'p99'] as const).map((name) => {
          const real = quantile(server, name === 'p50' ? 0.5 : 0.99) ?? Number.NaN;
          return `${((client?.[name] ?? Number.NaN) - real).toFixed(2)} ms`;
        });
        runs++;
        if (invalid.length > 0 !== hindrance.isHonest) isRight++;
        const verdict = invalid.length > 0 ? `INVALID: ${invalid.map(({ id }) => id).join(', ')}` : 'valid';
        say(`${hindrance.name.padEnd(36)} n ${client?.n} · TTFT off by ${error.join(', ')} · ${verdict}`);
        if (hasLedger) {
          for (const { level, text } of target?.validity ?? []) say(`    ${level.padEnd(8)} ${text}`);
        }
      }
    }
  }
  say(`\n${isRight} of ${runs} verdicts were right`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}

async function run(
  { before, busy, stops, isHonest }: Hindrance,
  flags: readonly string[],
): Promise<{ readonly document: RunDocument; readonly truth: readonly TruthRecord[] }> {
  const truthFile = join(folder, `truth-${runs}.jsonl`);
  const server = start([
    ...[...first, ...onCore(SERVER_CORE), process.execPath, ENTRY, 'simulate', '--port', '0', '--truth', truthFile],
    ...['--ttft', '60', '--token-delay', '10', '--tokens', '32'],
  ]);
  const url = await findUrl(server);
  const loops = busy.map((prefix) => start([...prefix, process.execPath, '-e', 'for (;;);']));
  try {
    const client = start([
      ...[
        ...(isHonest || stops !== undefined ? first : []),
        ...before,
        process.execPath,
        ENTRY,
        'run',
        '--endpoint',
        url,
        '--model',
        'fake',
        '--prompt',
        'Hello',
      ],
      ...['--duration', `${RUN_SECONDS}s`, '-o', 'json', '--no-save', '--no-progress', ...flags],
    ]);
    const text = readAll(client);
    if (stops !== undefined) await hinder(client, stops);
    const document = JSON.parse(await text) as RunDocument;
    server.kill('SIGTERM');
    await ended(server);
    const truth = readFileSync(truthFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as TruthRecord);
    return { document, truth };
  } finally {
    for (const loop of loops) loop.kill('SIGKILL');
  }
}

function start([program = '', ...args]: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

async function readAll(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += chunk;
  return text;
}

async function findUrl(server: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of server.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += chunk;
    const url = /http:\/\/\S+/.exec(text)?.[0];
    if (url !== undefined) return url;
  }
  throw new Error(`the simulator said no address: ${text}`);
}

async function hinder(client: ChildProcess, stops: NonNullable<Hindrance['stops']>): Promise<void> {
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await sleep(3_000);
  for (let time = 0; time < stops.times; time++) {
    client.kill('SIGSTOP');
    await sleep(stops.forMs);
    client.kill('SIGCONT');
    await sleep(stops.everyMs);
  }
}
