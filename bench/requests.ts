// Requests per second of one measuring thread for answers that are not streamed, each decoded and recorded.
// usage: node bench/requests.ts [SECONDS] [CONNECTIONS]
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startEndpoint } from './rig/endpoint.ts';
import { percent, sayFigure, thousands } from './rig/figures.ts';
import { measure } from './rig/measure.ts';

const seconds = Number(process.argv[2] ?? 5);
const connections = Number(process.argv[3] ?? 32);
const OPTIONS = { tokens: 1, gapMs: 0, ttftMs: [0, 0] } as const;

const bare = await askBare();
const endpoint = await startEndpoint(OPTIONS);
const { records, originMs, cpuRatio, systemRatio } = await measure({
  url: endpoint.url,
  load: { kind: 'closed-loop', concurrency: connections, requestDelayMs: 0, stages: [] },
  stop: { requests: undefined, durationMs: seconds * 1_000 },
  warmupRequests: 1_000,
  isStreamed: false,
});
await endpoint.stop();
const failed = records.filter(({ outcome }) => outcome.kind !== 'completed').length;
const fromMs = records.reduce((first, { instants }) => Math.min(first, instants.startedAtMs), Number.POSITIVE_INFINITY);
const toMs = records.reduce((last, { instants }) => Math.max(last, instants.endedAtMs), 0);
const perSecond = (records.length / (toMs - fromMs)) * 1_000;
const cpu = cpuRatio(fromMs + originMs, toMs + originMs);
const system = systemRatio(fromMs + originMs, toMs + originMs);
sayFigure({
  what: `not streamed, ${connections} connections, ${failed} failed`,
  figure: `${thousands(perSecond)} requests/s at ${percent(cpu)} CPU (${percent(system)} system), ${thousands(perSecond / cpu)} per core`,
  goal: '≥ autocannon’s',
  isMet: undefined,
  reference: `bare node:net ${bare}`,
});

async function askBare(): Promise<string> {
  const target = await startEndpoint(OPTIONS);
  const program = fileURLToPath(new URL('rig/bare-requester.ts', import.meta.url));
  const flags = [program, String(target.port), String(connections), String(seconds)];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  await target.stop();
  const result = JSON.parse(stdout) as { requests: number; seconds: number; cpuRatio: number };
  return `${thousands(result.requests / result.seconds)}/s at ${percent(result.cpuRatio)}`;
}
