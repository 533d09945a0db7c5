// For end-to-end tests: llm-bench as a user starts it, a process of its own in a folder of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { RequestDocument, RunDocument, TargetDocument } from '../../src/contract/run-document.ts';

const ENTRY = join(import.meta.dirname, '../../bin/llm-bench.js');

/** Whatever the machine has set must not decide a test. */
const OWN_SETTINGS =
  /^(LLM_BENCH_.*|DATABASE_URL|OPENAI_API_KEY|NO_COLOR|FORCE_COLOR|NODE_.*|TERM|COLORTERM|COLUMNS|CI)$/;

export interface CliOptions {
  /** Working folder: where `bench.duckdb` lands. */
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Another Node than the one that runs the tests. */
  readonly node?: string;
}

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface CliRun {
  readonly pid: number;
  /** After the process and its output have ended. */
  readonly ended: Promise<CliResult>;
  /** Resolves once `text` stands in what was written so far; rejects if the process ends without it. */
  untilStdout(text: string): Promise<void>;
  untilStderr(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Closes the reading end of its stdout, as `| head` does. */
  closeStdout(): void;
}

export function startCli(args: readonly string[], options: CliOptions): CliRun {
  return start([options.node ?? process.execPath, ENTRY, ...args], options);
}

function start([program = '', ...args]: readonly string[], { cwd, env = {} }: CliOptions): CliRun {
  const inherited = Object.entries(process.env).filter(([name]) => !OWN_SETTINGS.test(name));
  const child = spawn(program, args, {
    cwd,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child, child.stdout);
  const stderr = collect(child, child.stderr);
  return {
    pid: child.pid ?? Number.NaN,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, stdout: stdout.text(), stderr: stderr.text() }));
    }),
    untilStdout: stdout.until,
    untilStderr: stderr.until,
    kill: (signal) => void child.kill(signal),
    closeStdout: () => void child.stdout.destroy(),
  };
}

export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return await startCli(args, options).ended;
}

/** What makes a terminal for one command. */
const SCRIPT = '/usr/bin/script';

/** Whether this machine has the tool for `runOnTerminal`. */
export const HAS_TERMINALS: boolean = process.platform === 'linux' && existsSync(SCRIPT);

/** On a terminal of its own: stdout and stderr are one, and come as `stdout`. */
export async function runOnTerminal(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const quoted = [process.execPath, ENTRY, ...args].map((arg) => `'${arg}'`).join(' ');
  const env = { TERM: 'xterm-256color', ...options.env };
  return await start([SCRIPT, '-qec', quoted, '/dev/null'], { ...options, env }).ended;
}

/** Runs a command that is meant to succeed with `code`, and reads the run document that it prints. */
export async function runForDocument(args: readonly string[], options: CliOptions, code = 0): Promise<RunDocument> {
  const result = await runCli(args, options);
  if (result.code !== code) throw new Error(`exit code ${result.code}, not ${code}: ${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout);
}

/** `run` against an endpoint, with what most tests want: JSON with requests, no warm-up, nothing on the way. */
export function runArgs(url: string, ...more: readonly string[]): readonly string[] {
  return [
    ...['run', '--endpoint', url, '--model', 'a', '--prompt', 'three small words', '--warmup', '0'],
    ...['--output', 'json', '--include', 'requests', '--no-progress', ...more],
  ];
}

/** The only target of a run. */
export function onlyTarget(document: RunDocument): TargetDocument {
  const [target, ...others] = document.targets;
  if (target === undefined || others.length > 0) throw new Error(`${document.targets.length} targets, not 1`);
  return target;
}

/** Requests of a document that holds them. */
export function requestsOf(document: RunDocument): readonly RequestDocument[] {
  if (document.requests === undefined) throw new Error('the document holds no requests');
  return document.requests;
}

/** A folder that is gone after the block it was made in. */
export function makeFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'llm-bench-e2e-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A Node of this machine that cannot run llm-bench itself. */
export function findOldNode(): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin']
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(path, 'node'))
    .find((path) => existsSync(path) && isTooOld(execFileSync(path, ['--version'], { encoding: 'utf8' })));
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.trim().slice(1).split('.').map(Number);
  return major < 24 || (major === 24 && minor < 12);
}

interface Collected {
  readonly text: () => string;
  readonly until: (text: string) => Promise<void>;
}

function collect(child: ChildProcess, stream: NodeJS.ReadableStream): Collected {
  let received = '';
  const waiting = new Set<() => void>();
  stream.setEncoding('utf8').on('data', (piece: string) => {
    received += piece;
    for (const check of [...waiting]) check();
  });
  const until = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        if (!received.includes(wanted)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      child.once('close', () => reject(new Error(`ended without "${wanted}": ${received}`)));
      check();
    });
  return { text: () => received, until };
}
