import assert from 'node:assert/strict';
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '../..');
const OWN_NODE = join(ROOT, 'node_modules/node');
const OLD_NODE = findOldNode();
/** Re-executing can be seen only from a Node that is too old; a machine without one says so. */
const needsOldNode = {
  skip: OLD_NODE === undefined ? 'no Node older than 24.12 on this machine' : false,
  timeout: 20_000,
};
const onThisNode = { timeout: 20_000 };

/** What stands in for src/main.ts: does what its first argument says. */
const MAIN = `
import { dieWithParent, listenForInterrupts } from '${pathToFileURL(join(ROOT, 'src/cli/interrupts.ts')).href}';
const [what, ...rest] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(line + '\\n');
dieWithParent(process.env['LLM_BENCH_LAUNCHER'] === '1');
if (what === 'exit') process.exitCode = Number(rest[0]);
if (what === 'echo') process.stdin.pipe(process.stdout);
if (what === 'listen') {
  const end = Number(rest[0]);
  const stop = listenForInterrupts((count) => {
    say('interrupt ' + count);
    if (count < end) return;
    stop();
    clearInterval(timer);
  });
}
const timer = setInterval(() => {}, 1_000);
if (what !== 'listen' && what !== 'wait') clearInterval(timer);
say('ready ' + process.pid + ' ' + process.ppid + ' ' + process.version);
`;

describe('the launcher', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'llm-bench-launcher-'));
    for (const name of ['whole', 'without-node']) {
      mkdirSync(join(folder, name, 'bin'), { recursive: true });
      mkdirSync(join(folder, name, 'src'));
      copyFileSync(join(ROOT, 'bin/llm-bench.js'), join(folder, name, 'bin/llm-bench.js'));
      writeFileSync(join(folder, name, 'src/main.ts'), MAIN);
      writeFileSync(join(folder, name, 'package.json'), '{ "type": "module" }');
    }
    mkdirSync(join(folder, 'whole/node_modules'));
    symlinkSync(OWN_NODE, join(folder, 'whole/node_modules/node'));
    symlinkSync(join(folder, 'whole/bin/llm-bench.js'), join(folder, 'llm-bench'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const launch = (node: string, args: readonly string[], name = 'whole/bin/llm-bench.js'): Launched =>
    follow(
      spawn(node, [join(folder, name), ...args], { stdio: ['pipe', 'pipe', 'pipe'], detached: true, cwd: tmpdir() }),
    );

  describe('on a Node that is recent enough', () => {
    test('runs in the same process and passes the exit code on', onThisNode, async () => {
      const launched = launch(process.execPath, ['exit', '7']);
      assert.equal((await launched.ready()).pid, launched.pid);
      assert.deepEqual(await launched.ended, { code: 7, signal: null, stderr: '' });
    });

    test('counts an interrupt once', onThisNode, async () => {
      const launched = launch(process.execPath, ['listen', '1']);
      await launched.ready();
      process.kill(launched.pid, 'SIGINT');
      assert.equal(await launched.line(), 'interrupt 1');
      assert.equal((await launched.ended).code, 0);
    });

    test('is found through the link that npm makes', onThisNode, async () => {
      const launched = launch(process.execPath, ['exit', '3'], 'llm-bench');
      assert.equal((await launched.ended).code, 3);
    });
  });

  describe('on a Node that is too old', () => {
    const old = OLD_NODE ?? '';

    test("runs the project's own Node and passes the exit code on", needsOldNode, async () => {
      const launched = launch(old, ['exit', '7'], 'llm-bench');
      const child = await launched.ready();
      assert.equal(child.parent, launched.pid);
      assert.match(child.version, /^v2[4-9]\./);
      assert.deepEqual(await launched.ended, { code: 7, signal: null, stderr: '' });
    });

    test('hands stdin and stdout down', needsOldNode, async () => {
      const launched = launch(old, ['echo']);
      await launched.ready();
      launched.stdin.end('as it came\n');
      assert.equal(await launched.line(), 'as it came');
      assert.equal((await launched.ended).code, 0);
    });

    test('an interrupt of the launcher alone is one interrupt', needsOldNode, async () => {
      const launched = launch(old, ['listen', '1']);
      await launched.ready();
      process.kill(launched.pid, 'SIGINT');
      assert.equal(await launched.line(), 'interrupt 1');
      assert.deepEqual(await launched.ended, { code: 0, signal: null, stderr: '' });
    });

    test('two interrupts of the whole process group are two, not four', needsOldNode, async () => {
      const launched = launch(old, ['listen', '2']);
      await launched.ready();
      process.kill(-launched.pid, 'SIGINT');
      assert.equal(await launched.line(), 'interrupt 1');
      process.kill(-launched.pid, 'SIGINT');
      assert.equal(await launched.line(), 'interrupt 2');
      assert.deepEqual(await launched.rest(), []);
      assert.equal((await launched.ended).code, 0);
    });

    test('SIGTERM and SIGHUP of the launcher count like interrupts', needsOldNode, async () => {
      const launched = launch(old, ['listen', '2']);
      await launched.ready();
      process.kill(launched.pid, 'SIGTERM');
      assert.equal(await launched.line(), 'interrupt 1');
      process.kill(launched.pid, 'SIGHUP');
      assert.equal(await launched.line(), 'interrupt 2');
      assert.equal((await launched.ended).code, 0);
    });

    test('an interrupt that nobody listens for ends child and launcher', needsOldNode, async () => {
      const launched = launch(old, ['wait']);
      await launched.ready();
      process.kill(launched.pid, 'SIGINT');
      assert.deepEqual(await launched.ended, { code: null, signal: 'SIGINT', stderr: '' });
    });

    test("dies by the child's signal", needsOldNode, async () => {
      const launched = launch(old, ['wait']);
      process.kill((await launched.ready()).pid, 'SIGKILL');
      assert.deepEqual(await launched.ended, { code: null, signal: 'SIGKILL', stderr: '' });
    });

    test('takes the child along when it is killed', needsOldNode, async () => {
      const launched = launch(old, ['wait']);
      await launched.ready();
      process.kill(launched.pid, 'SIGKILL');
      // Both write to the same pipe; it ends only when the last of them is gone.
      assert.deepEqual(await launched.rest(), []);
      assert.equal((await launched.ended).signal, 'SIGKILL');
    });

    test('without a Node of its own says what is needed, in one line', needsOldNode, async () => {
      const { code, stderr } = await launch(old, [], 'without-node/bin/llm-bench.js').ended;
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^llm-bench needs Node 24\.12 or newer, and this is Node \d+\.\d+\.\d+: run "npm ci" in .+\n$/,
      );
    });
  });
});

interface Launched {
  readonly pid: number;
  readonly stdin: Writable;
  /** After stdout and stderr are closed by all who held them. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
  line(): Promise<string | undefined>;
  rest(): Promise<string[]>;
  ready(): Promise<{ pid: number; parent: number; version: string }>;
}

function follow(child: ChildProcessByStdio<Writable, Readable, Readable>): Launched {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => (await lines.next()).value;
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  assert.ok(child.pid);
  return {
    pid: child.pid,
    stdin: child.stdin,
    ended: once(child, 'close').then(([code, signal]) => ({ code, signal, stderr })),
    line,
    async rest() {
      const rest: string[] = [];
      for (let next = await line(); next !== undefined; next = await line()) rest.push(next);
      return rest;
    },
    async ready() {
      const [, pid, parent, version = ''] = /^ready (\d+) (\d+) (.+)$/.exec((await line()) ?? '') ?? [];
      return { pid: Number(pid), parent: Number(parent), version };
    },
  };
}

function findOldNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  return folders
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(path, 'node'))
    .find((path) => existsSync(path) && isTooOld(execFileSync(path, ['--version'], { encoding: 'utf8' })));
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.trim().slice(1).split('.').map(Number);
  return major < 24 || (major === 24 && minor < 12);
}
