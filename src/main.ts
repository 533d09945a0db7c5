// The composition root: the only file that knows all.

import { fileURLToPath } from 'node:url';
import { readProxyRules } from './app/proxies.ts';
import { exitCodeOfError } from './cli/exit-code.ts';
import { dieWithParent } from './cli/interrupts.ts';
import { createLog } from './cli/output/log.ts';
import { say } from './cli/output/streams.ts';
import { runProgram } from './cli/program.ts';
import { createClock, takeOrigin } from './clock.ts';
import { createContext, VERSION } from './compose.ts';
import { AppError } from './errors.ts';
import { freshSeed } from './random.ts';
import { readSettings, type Settings } from './settings.ts';

const LAUNCHER = fileURLToPath(new URL('../bin/llm-bench.js', import.meta.url));

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
  return runProgram(
    process.argv.slice(2),
    {
      settings,
      clock,
      freshSeed,
      createApp: (level) =>
        createContext(createLog(level), settings.calibrationFile, () => readProxyRules(settings.environment)),
      entry: LAUNCHER,
    },
    { version: VERSION },
  );
}

// A reader that closes its end of the pipe is no reason to die with a stack trace.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.exitCode = await main();
