// Chunks per second through one measuring thread when the endpoint writes as fast as it is read, each decoded and recorded.
// usage: node bench/firehose.ts [SECONDS]
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startEndpoint } from './rig/endpoint.ts';
import { percent, sayFigure, thousands } from './rig/figures.ts';
import { measure } from './rig/measure.ts';
import { nativeProgram } from './rig/native.ts';

const seconds = Number(process.argv[2] ?? 4);
const STREAMS = 8;
const TOKENS = 2_000;
const OPTIONS = { tokens: TOKENS, gapMs: 0, ttftMs: [0, 0], isFirehose: true } as const;
const GOAL = 300_000;

const bare = await readBare();
const endpoint = await startEndpoint(OPTIONS);
const { records, originMs, cpuRatio } = await measure({
  url: endpoint.url,
  load: { kind: 'closed-loop', concurrency: STREAMS, requestDelayMs: 0, stages: [] },
  stop: { requests: undefined, durationMs: seconds * 1_000 },
  warmupRequests: STREAMS * 2,
});
await endpoint.stop();
const lost = records.filter(({ events, outcome }) => events.length !== TOKENS || outcome.kind !== 'completed').length;
const fromMs = records.reduce((first, { instants }) => Math.min(first, instants.startedAtMs), Number.POSITIVE_INFINITY);
const toMs = records.reduce((last, { instants }) => Math.max(last, instants.endedAtMs), 0);
const perSecond = (records.reduce((sum, { events }) => sum + events.length, 0) / (toMs - fromMs)) * 1_000;
const cpu = cpuRatio(fromMs + originMs, toMs + originMs);
sayFigure({
  what: `firehose of ${STREAMS} streams, ${lost} answers not whole`,
  figure: `${thousands(perSecond)} chunks/s at ${percent(cpu)} CPU`,
  goal: `≥ ${thousands(GOAL)} chunks/s`,
  isMet: perSecond >= GOAL && lost === 0,
  reference: bare ?? 'skipped: no gcc',
});

async function readBare(): Promise<string | undefined> {
  const program = nativeProgram('reader');
  if (program === undefined) return undefined;
  const target = await startEndpoint(OPTIONS);
  const flags = [String(target.port), String(STREAMS), '/dev/null', '--again', String(seconds)];
  const { stdout } = await promisify(execFile)(program, flags);
  await target.stop();
  const result = JSON.parse(stdout) as { events: number; seconds: number; cpuRatio: number };
  return `${thousands(result.events / result.seconds)} chunks/s at ${percent(result.cpuRatio)}`;
}
