// Runs the peers and llm-bench in turn against the same endpoint (loopback, one at a time, each bounded), and writes what came of it
// into bench/RESULTS.md. The endpoint's own record says what load was reached and what a TTFT truly was.
// usage: bench/peers/install.sh FOLDER && node bench/peers/compare.ts FOLDER [--quick]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { startEndpoint, type Truth } from '../rig/endpoint.ts';
import { say } from '../rig/figures.ts';
import { nativeProgram } from '../rig/native.ts';
import { quantileOf } from '../rig/truth.ts';
import { watchTree } from './process-tree.ts';
import { type Load, TOOLS, type Tool } from './tools.ts';

const [venvs = '', mode] = process.argv.slice(2);
const isQuick = mode === '--quick';
const LIMIT_MS = 150_000;
const GAP_MS = 20;
const PROMPTS = 40_000;
const RESULTS = new URL('../RESULTS.md', import.meta.url);

type Case = Omit<Load, 'url'> & { readonly title: string };

const CASES: readonly Case[] = [
  { title: '16 streams × 50 chunks/s', concurrency: 16, requests: 96, tokens: 150, isStreamed: true },
  { title: '200 streams × 50 chunks/s', concurrency: 200, requests: 600, tokens: 150, isStreamed: true },
  { title: '1,000 streams × 50 chunks/s', concurrency: 1_000, requests: 2_000, tokens: 200, isStreamed: true },
  {
    title: 'not streamed, 32 at a time',
    concurrency: 32,
    requests: isQuick ? 4_000 : 10_000,
    tokens: 3,
    isStreamed: false,
  },
];

interface Row {
  readonly tool: string;
  readonly reached: string;
  readonly cores: number;
  /** Streams of 50 chunks/s, or requests/s, for each core used. */
  readonly perCore: number;
  readonly ttft: string;
}

if (nativeProgram('endpoint') === undefined) say('no gcc: the endpoint on node:net would be the bottleneck');
const sections: string[] = [];
for (const one of isQuick ? CASES.filter(({ concurrency }) => concurrency < 1_000) : CASES) {
  say(one.title);
  const rows: Row[] = [];
  for (const tool of TOOLS) {
    const row = await runTool(tool, one).catch((error: unknown) => say(`  ${tool.name}: ${String(error)}`));
    if (row === undefined) continue;
    say(
      `  ${row.tool}: ${row.reached}, ${row.cores.toFixed(2)} cores, ${row.perCore.toFixed(0)} per core, TTFT ${row.ttft}`,
    );
    rows.push(row);
  }
  sections.push(sectionOf(one, rows));
}
writeFileSync(RESULTS, `${headOf()}\n${sections.join('\n')}`);

async function runTool(tool: Tool, one: Case): Promise<Row | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-peers-'));
  const endpoint = await startEndpoint({ tokens: one.tokens, gapMs: GAP_MS, ttftMs: [80, 120] });
  const load: Load = { ...one, url: `http://127.0.0.1:${endpoint.port}` };
  writeFileSync(join(folder, 'prompts.jsonl'), '{"prompt":"Say hello."}\n'.repeat(Math.min(PROMPTS, one.requests)));
  try {
    const command = tool.command(load, folder, venvs);
    if (command === undefined) return undefined;
    const [program, ...args] = command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS, cwd: folder });
    let output = '';
    let trouble = '';
    child.stdout.on('data', (bytes) => {
      output += String(bytes);
    });
    child.stderr.on('data', (bytes) => {
      trouble += String(bytes);
    });
    const watch = watchTree(child.pid ?? 0);
    const [code] = (await once(child, 'close')) as [number | null];
    watch.stop();
    const truth = await endpoint.stop();
    if (code !== 0) throw new Error(`ended with ${code}: ${(trouble || output).trim().split('\n').at(-1)}`);
    return rowOf(tool, one, { truth: [...truth.values()], cpuMs: watch.cpuMs, told: tool.read(folder, output) });
  } finally {
    await endpoint.stop().catch(() => undefined);
    rmSync(folder, { recursive: true });
  }
}

interface Found {
  readonly truth: readonly Truth[];
  readonly cpuMs: (fromMs: number, toMs: number) => number;
  readonly told: ReturnType<Tool['read']>;
}

/** From the first request of the load to the last write: the tool's own start and its reports are left out. */
function rowOf(tool: Tool, one: Case, { truth, cpuMs, told }: Found): Row {
  const asked = one.isStreamed ? truth.filter(({ writes }) => writes.length > 0) : truth;
  const fromMs = asked.reduce((first, { receivedAtMs }) => Math.min(first, receivedAtMs), Number.POSITIVE_INFINITY);
  const toMs = asked.reduce((last, { receivedAtMs, writes }) => Math.max(last, writes.at(-1) ?? receivedAtMs), 0);
  const seconds = (toMs - fromMs) / 1_000;
  const cores = cpuMs(fromMs, toMs) / (toMs - fromMs);
  if (!one.isStreamed) {
    const rate = asked.length / seconds;
    return { tool: tool.name, reached: `${rate.toFixed(0)} requests/s`, cores, perCore: rate / cores, ttft: '–' };
  }
  const streams = asked.reduce((sum, { writes }) => sum + writes.length, 0) / seconds / (1_000 / GAP_MS);
  const trueMs = asked.map(({ receivedAtMs, writes }) => (writes[0] ?? Number.NaN) - receivedAtMs);
  const error = (q: number, ms: number): string => `${(ms - quantileOf(trueMs, q)).toFixed(1)} ms`;
  const ttft = told === undefined ? '–' : `p50 +${error(0.5, told.ttftP50Ms)}, p99 +${error(0.99, told.ttftP99Ms)}`;
  return { tool: tool.name, reached: `${streams.toFixed(0)} streams`, cores, perCore: streams / cores, ttft };
}

function sectionOf({ title, isStreamed }: Case, rows: readonly Row[]): string {
  const own = rows.find(({ tool }) => tool === 'llm-bench')?.perCore ?? Number.NaN;
  const lines = rows.map(
    ({ tool, reached, cores, perCore, ttft }) =>
      `| ${tool} | ${reached} | ${cores.toFixed(2)} | ${perCore.toFixed(0)} | ${(own / perCore).toFixed(1)} × | ${ttft.replaceAll('+-', '−')} |`,
  );
  return [
    `## ${title}`,
    '',
    `| tool | load reached | cores used | ${isStreamed ? 'streams' : 'requests/s'} per core | llm-bench ÷ tool | reported TTFT against the truth |`,
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

function headOf(): string {
  const processors = cpus();
  return `# llm-bench beside other tools

Written by \`node bench/peers/compare.ts\` (\`bench/peers/install.sh\` makes the virtual environments), which runs every tool in turn against the endpoint of \`bench/native/endpoint.c\` on loopback.

- Machine: ${processors.length} × ${processors[0]?.model.trim()}, ${process.platform} ${release()}; Node ${process.version}; load average at the end ${loadavg()[0]?.toFixed(1)} (a quiet machine: about 2).
- Load reached, and what a TTFT truly was, come from the endpoint's own record; CPU from /proc, over all processes of a tool, from the first request to the last write: start and reports are left out.
- A stream brings 50 chunks/s. Streams per core: chunks/s served ÷ 50 ÷ cores used. llm-bench runs with one measuring thread and writes every event into DuckDB.
- vLLM's benchmark knows streams only. llmperf is left out: PyPI has another project of that name, and Ray's is only on GitHub.
- Commands: \`bench/peers/${basename(new URL('./tools.ts', import.meta.url).pathname)}\`.
`;
}
