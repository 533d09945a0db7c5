// Many streams at once, by llm-bench and by the bare reader, each against an endpoint of its own that starts alike.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EndpointOptions, readTruth, startEndpoint } from './endpoint.ts';
import { type MeasureOptions, measure } from './measure.ts';
import { nativeProgram } from './native.ts';
import { type Comparison, compare, quantileOf, seenStreams } from './truth.ts';

export interface StreamsResult extends Comparison {
  /** Of one core, while all streams were under way. */
  readonly cpuRatio: number;
  readonly endpointCpuRatio: number;
  readonly complaints: readonly string[];
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
}

/** One request a stream, all begun at once; first tokens spread over a second, so that the endpoint's writes are spread too. */
export function burst(tokens: number, gapMs: number): EndpointOptions {
  return { tokens, gapMs, ttftMs: [500, 1_500] };
}

export async function measureStreams(
  streams: number,
  endpointOptions: EndpointOptions,
  options: Partial<MeasureOptions> = {},
): Promise<StreamsResult> {
  const endpoint = await startEndpoint(endpointOptions);
  const startMs = performance.now();
  const measured = await measure({
    url: endpoint.url,
    load: { kind: 'closed-loop', concurrency: streams, requestDelayMs: 0, stages: [] },
    stop: { requests: streams, durationMs: undefined },
    ...options,
  });
  const endpointCpuRatio = endpoint.cpuMs() / (performance.now() - startMs);
  const truth = await endpoint.stop();
  const failed = measured.records.find(({ outcome }) => outcome.kind !== 'completed');
  if (failed !== undefined) throw new Error(`a request failed: ${JSON.stringify(failed.outcome)}`);
  const comparison = compare(seenStreams(measured.records, measured.originMs), truth);
  return {
    ...withLags(comparison),
    cpuRatio: measured.cpuRatio(comparison.steadyFromMs, comparison.steadyToMs),
    endpointCpuRatio,
    complaints: measured.complaints,
  };
}

/** Undefined where it cannot be compiled. */
export async function readStreams(streams: number, options: EndpointOptions): Promise<StreamsResult | undefined> {
  const program = nativeProgram('reader');
  if (program === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-reader-'));
  const endpoint = await startEndpoint(options);
  const file = join(folder, 'stamps.bin');
  const startMs = performance.now();
  const { stdout } = await promisify(execFile)(program, [String(endpoint.port), String(streams), file]);
  const endpointCpuRatio = endpoint.cpuMs() / (performance.now() - startMs);
  const truth = await endpoint.stop();
  const seen = [...readTruth(file).values()].map(({ number, receivedAtMs, writes }) => ({
    number,
    startedAtMs: receivedAtMs,
    stamps: writes,
  }));
  rmSync(folder, { recursive: true });
  const { cpuRatio } = JSON.parse(stdout) as { cpuRatio: number };
  return { ...withLags(compare(seen, truth)), cpuRatio, endpointCpuRatio, complaints: [] };
}

function withLags(comparison: Comparison): Comparison & Pick<StreamsResult, 'lagP50Ms' | 'lagP99Ms'> {
  return {
    ...comparison,
    lagP50Ms: quantileOf(comparison.lagsMs, 0.5),
    lagP99Ms: quantileOf(comparison.lagsMs, 0.99),
  };
}
