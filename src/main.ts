// The composition root: the only file that knows all.

import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppContext } from './app/context.ts';
import { exitCodeOfError } from './cli/exit-code.ts';
import { dieWithParent } from './cli/interrupts.ts';
import { createLog } from './cli/output/log.ts';
import { say } from './cli/output/streams.ts';
import { runProgram } from './cli/program.ts';
import { createClock, takeOrigin } from './clock.ts';
import { AppError } from './errors.ts';
import type { LogLevel } from './model/log-level.ts';
import { freshSeed } from './random.ts';
import { readSettings, type Settings } from './settings.ts';

const MANIFEST = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const THREAD_URL = new URL(`./measuring-thread${extname(import.meta.url)}`, import.meta.url);
const LAUNCHER = fileURLToPath(new URL('../bin/llm-bench.js', import.meta.url));

function createApp(logLevel: LogLevel): AppContext {
  return {
    version: MANIFEST.version,
    log: createLog(logLevel),
    openStore: async (location, mode) => (await import('./store/open.ts')).openStore(location, mode),
    threadUrl: THREAD_URL,
    transport: 'llm-bench HTTP/1.1 on node:net',
  };
}

async function main(): Promise<number> {
  let settings: Settings;
  try {
    settings = readSettings();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    say(`error: ${error.message}; ${error.hint}`);
    return exitCodeOfError(error);
  }
  dieWithParent(settings.isLaunched);
  const clock = createClock(takeOrigin());
  return runProgram(process.argv.slice(2), { settings, clock, freshSeed, createApp, entry: LAUNCHER }, MANIFEST);
}

// A reader that closes its end of the pipe is no reason to die with a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exitCode = await main();
