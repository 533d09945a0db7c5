#!/usr/bin/env node
// Old JavaScript on purpose, and next to no imports: any Node from 16 on must get far enough to hand over or explain.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const IS_CHECKOUT = existsSync(new URL('../src/main.ts', import.meta.url));
/** Running TypeScript as it stands is stable since these two. */
const NEEDED = IS_CHECKOUT ? '24.12' : '24';

if (isRecentEnough()) startHere();
else startWithOwnNode();

function isRecentEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (!IS_CHECKOUT) return major >= 24;
  return (major === 24 && minor >= 12) || (major === 25 && minor >= 2) || major >= 26;
}

function startHere() {
  // Keeps compiled code between starts, and TypeScript with its types stripped.
  const { directory } = module.enableCompileCache();
  // For the threads, which each begin without it; undefined where it is switched off.
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE = directory;
  import(IS_CHECKOUT ? '../src/main.ts' : '../dist/main.js');
}

function startWithOwnNode() {
  const ownNode = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
  // With a channel to a launcher this is the project's own Node already, and it is too old as well.
  const isLaunched = process.env.LLM_BENCH_LAUNCHER === '1' && process.channel !== undefined;
  if (isLaunched || !existsSync(ownNode)) explainAndExit();
  else import('node:child_process').then(({ spawn }) => superviseNode(spawn, ownNode));
}

function explainAndExit() {
  const checkout = fileURLToPath(new URL('..', import.meta.url));
  const remedy = IS_CHECKOUT
    ? `run "npm ci" in ${checkout}, which brings its own Node, or install Node 24 or newer from https://nodejs.org`
    : 'install it from https://nodejs.org';
  process.stderr.write(
    `llm-bench needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}: ${remedy}\n`,
  );
  process.exitCode = 2;
}

/** The child answers signals; this process only passes them on, waits, and ends as the child ended. */
function superviseNode(spawn, node) {
  const launcher = fileURLToPath(import.meta.url);
  const child = spawn(node, [launcher].concat(process.argv.slice(2)), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: Object.assign({}, process.env, { LLM_BENCH_LAUNCHER: '1' }),
  });
  const forward = (signal) => {
    // It may be gone by now; then its exit is on the way and nothing is left to say.
    if (child.connected) child.send({ type: 'llm-bench:signal', signal }, () => {});
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  child.on('error', (error) => {
    process.stderr.write(`llm-bench could not start ${node}: ${error.message}; run "npm ci" again\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.off(name, forward);
    process.kill(process.pid, signal);
    // Reached only where that signal does not end a process.
    import('node:os').then(({ constants }) => process.exit(128 + constants.signals[signal]));
  });
}
