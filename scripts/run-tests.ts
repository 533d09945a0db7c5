// Runs tests as `node --test` does: `node scripts/run-tests.ts GLOB… [flags of node --test]`. Two things make it quick: compiled code
// is kept between the processes of the files, and there is one file more under way than there are cores, since many of them wait.
import { spawn } from 'node:child_process';
import module from 'node:module';
import { availableParallelism, constants } from 'node:os';

const MORE_THAN_CORES = 1;

const { directory } = module.enableCompileCache();
const child = spawn(
  process.execPath,
  ['--test', `--test-concurrency=${availableParallelism() + MORE_THAN_CORES}`, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: directory === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: directory },
  },
);
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + constants.signals[signal ?? 'SIGTERM'];
});
