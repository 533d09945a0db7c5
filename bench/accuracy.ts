// How true are our stamps? Measures a simulated endpoint that writes down when it really read and wrote, and compares.
// usage: node bench/accuracy.ts [--streams 16] [--requests 96] [--tokens 150] [--gap-ms 20] [--transport own|undici]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stepBack } from '../src/cli/priority.ts';
import { createContext, loadPrompts, type Plan, type RequestRecord, startRun } from '../src/index.ts';
import { quantile, sortSamples } from '../src/metrics/quantile.ts';
import { EMPTY_PROFILE } from '../src/model/target.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '16' },
    requests: { type: 'string', default: '96' },
    tokens: { type: 'string', default: '150' },
    'gap-ms': { type: 'string', default: '20' },
    transport: { type: 'string', default: 'own' },
  },
});

/** What the simulator writes down of one request; see src/simulator/truth.ts. */
interface Truth {
  readonly n: number;
  readonly receivedAtMs: number;
  readonly writes: readonly number[];
}

const LAUNCHER = fileURLToPath(new URL('../bin/llm-bench.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'llm-bench-accuracy-'));
const truthFile = join(folder, 'truth.jsonl');

try {
  const simulator = await startSimulator();
  const records = await measure(simulator.url);
  await simulator.stop();
  const truth = readFileSync(truthFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Truth);
  compare(records, truth);
} finally {
  rmSync(folder, { recursive: true });
}

async function startSimulator(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const delays = ['--ttft', 'uniform:80..120', '--token-delay', values['gap-ms'], '--tokens', values.tokens];
  const child: ChildProcess = spawn(
    process.execPath,
    [LAUNCHER, 'simulate', '--port', '0', '--truth', truthFile, ...delays],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const { stdout } = child;
  if (stdout === null) throw new Error('the simulator has no stdout');
  const url = await new Promise<string>((resolve) => createInterface({ input: stdout }).once('line', resolve));
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGINT');
    });
  return { url, stop };
}

async function measure(url: string): Promise<readonly RequestRecord[]> {
  const quiet = { warn: () => undefined, info: () => undefined, debug: () => undefined };
  const own = createContext(quiet);
  const context =
    values.transport === 'undici' ? { ...own, threadUrl: new URL('./undici-thread.ts', import.meta.url) } : own;
  const { items, origin } = await loadPrompts({ texts: ['Say hello to the witness.'] });
  const plan: Plan = {
    targets: [{ provider: 'simulator', model: 'm', url, dialect: 'openai-chat', profile: EMPTY_PROFILE }],
    workload: origin,
    load: { kind: 'closed-loop', concurrency: Number(values.streams), requestDelayMs: 0 },
    stop: { requests: Number(values.requests), durationMs: undefined },
    warmupRequests: Number(values.streams),
    timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 120_000 },
    retry: { maxRetries: 0, delayMs: 0 },
    parameters: { temperature: undefined, maxTokens: undefined, maxTokensName: undefined, extra: {} },
    parameterMode: 'strict',
    tokenCounting: { when: 'missing', tokenizer: undefined },
    budgetUsd: undefined,
    isStreamed: true,
    headerNames: [],
    randomizePrompt: false,
    objectives: [],
    providerConcurrency: undefined,
    seed: 1,
    saveText: true,
    repeatArguments: undefined,
  };
  const credentials = [{ apiKey: undefined, headers: {}, query: '', signing: undefined }];
  const run = await startRun(context, {
    runId: undefined,
    plan,
    items,
    credentials,
    renewals: [],
    db: 'memory:',
    withRecords: true,
  });
  stepBack();
  const { result, trouble } = await run.outcome;
  if (trouble !== undefined) throw trouble;
  for (const entry of result.targets.flatMap((target) => target.validity)) {
    if (entry.level !== 'ok') say(`ledger: ${entry.level} ${entry.text}`);
  }
  return (result.records ?? []).filter((record) => record.phase === 'measure');
}

/** The simulator's answers begin with the number of the request, so that each record finds its truth. */
function compare(records: readonly RequestRecord[], truths: readonly Truth[]): void {
  const byNumber = new Map(truths.map((truth) => [truth.n, truth]));
  const ttftErrors: number[] = [];
  const gapErrors: number[] = [];
  let tokensLost = 0;
  for (const record of records) {
    const number = Number(/^r(\d+)\b/.exec(record.text?.answer ?? '')?.[1]);
    const truth = byNumber.get(number);
    if (truth === undefined) throw new Error(`no truth for the answer of record ${record.id}`);
    const trueTtftMs = (truth.writes[0] ?? Number.NaN) - truth.receivedAtMs;
    ttftErrors.push((record.instants.firstTokenAtMs ?? Number.NaN) - record.instants.startedAtMs - trueTtftMs);
    tokensLost += Math.abs(truth.writes.length - record.events.length);
    for (let index = 1; index < record.events.length; index++) {
      const gap = (record.events[index]?.atMs ?? Number.NaN) - (record.events[index - 1]?.atMs ?? Number.NaN);
      const trueGap = (truth.writes[index] ?? Number.NaN) - (truth.writes[index - 1] ?? Number.NaN);
      gapErrors.push(Math.abs(gap - trueGap));
    }
  }
  say(
    `${values.transport}: ${records.length} requests, ${values.streams} streams × ${1000 / Number(values['gap-ms'])} chunks/s`,
  );
  say(`TTFT error      ${figures(ttftErrors)}`);
  say(`gap |error|     ${figures(gapErrors)}`);
  say(`tokens lost     ${tokensLost}`);
}

function figures(errors: readonly number[]): string {
  const sorted = sortSamples(errors);
  const at = (q: number): string => `${(quantile(sorted, q) ?? Number.NaN).toFixed(3)} ms`;
  return `median ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)}  max ${at(1)}  n ${sorted.length}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
