// Runs llm-bench itself, as the library does it, against an endpoint of a bench.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepBack } from '../../src/cli/priority.ts';
import {
  createContext,
  type Load,
  loadPrompts,
  type Plan,
  type RequestRecord,
  type StopRule,
  startRun,
} from '../../src/index.ts';
import { BARE_PLAN } from '../../src/model/plan.ts';
import { EMPTY_PROFILE } from '../../src/model/target.ts';

export interface MeasureOptions {
  readonly url: string;
  readonly load: Load;
  readonly stop: StopRule;
  readonly warmupRequests?: number;
  readonly isStreamed?: boolean;
  readonly db?: string;
  readonly threadUrl?: URL;
  readonly saveText?: boolean;
  readonly isHttp2?: boolean;
}

export interface Measured {
  /** Of the measured phase. */
  readonly records: readonly RequestRecord[];
  /** Zero of the records' instants, on the machine's monotonic clock. */
  readonly originMs: number;
  /** What the ledger of validity holds against the run. */
  readonly complaints: readonly string[];
  /** CPU of the measuring thread between two instants of the monotonic clock, as a share of one core. */
  cpuRatio(fromMs: number, toMs: number): number;
  /** The system's share of that. */
  systemRatio(fromMs: number, toMs: number): number;
}

interface Probe {
  readonly originMs: number;
  readonly samples: readonly (readonly [atMs: number, allMs: number, systemMs: number])[];
}

const PROBE_THREAD = new URL('probe-thread.ts', import.meta.url);

export async function measure(options: MeasureOptions): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-probe-'));
  process.env['LLM_BENCH_PROBE'] = join(folder, 'probe');
  try {
    const quiet = { warn: () => undefined, info: () => undefined, debug: () => undefined };
    const context = { ...createContext(quiet), threadUrl: options.threadUrl ?? PROBE_THREAD };
    const { items, origin } = await loadPrompts({ texts: ['Say hello.'] });
    const run = await startRun(context, {
      runId: undefined,
      plan: planOf(options, origin),
      items,
      credentials: [{ apiKey: undefined, headers: {}, query: '', signing: undefined }],
      renewals: [],
      db: options.db ?? 'memory:',
      withRecords: true,
    });
    stepBack();
    const { result, trouble } = await run.outcome;
    if (trouble !== undefined) throw trouble;
    const [file] = readdirSync(folder);
    if (file === undefined) throw new Error('the measuring thread left no probe');
    const probe = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Probe;
    return {
      records: (result.records ?? []).filter((record) => record.phase === 'measure'),
      originMs: probe.originMs,
      complaints: result.targets.flatMap(({ validity }) =>
        validity.filter(({ level }) => level !== 'ok').map(({ level, text }) => `${level}: ${text}`),
      ),
      cpuRatio: (fromMs, toMs) => ratioOf(probe, [fromMs, toMs], 1),
      systemRatio: (fromMs, toMs) => ratioOf(probe, [fromMs, toMs], 2),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ratioOf({ samples }: Probe, [fromMs, toMs]: readonly [number, number], column: 1 | 2): number {
  const within = samples.filter(([atMs]) => atMs >= fromMs && atMs <= toMs);
  const [first, last] = [within[0], within.at(-1)];
  if (first === undefined || last === undefined) return Number.NaN;
  return (last[column] - first[column]) / (last[0] - first[0]);
}

function planOf(options: MeasureOptions, workload: Plan['workload']): Plan {
  return {
    ...BARE_PLAN,
    targets: [{ provider: 'endpoint', model: 'm', url: options.url, dialect: 'openai-chat', profile: EMPTY_PROFILE }],
    workload,
    load: options.load,
    stop: options.stop,
    warmupRequests: options.warmupRequests ?? 0,
    timeouts: { connectMs: 10_000, firstTokenMs: undefined, idleMs: undefined, totalMs: 120_000 },
    isStreamed: options.isStreamed ?? true,
    saveText: options.saveText ?? false,
    isHttp2: options.isHttp2 ?? false,
  };
}
