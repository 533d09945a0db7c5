// For tests of what the simulator writes, byte by byte: a fresh one, so that ids, words and times are always the same.
import { DEFAULT_OPTIONS, type SimulatorOptions } from '../../src/simulator/options.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { TruthRecord } from '../../src/simulator/truth.ts';
import { ask, type RawAnswer, type RawRequest } from './raw-client.ts';

export interface FirstAnswer extends RawAnswer {
  readonly truth: TruthRecord;
}

/**
 * Two tokens, due 4 ms and 6 ms after the request, unless the settings ask for something else: `r1` and `under`. Words come in the
 * order under, river, keeps, so that with one token of reasoning this is `under`, and the answer `r1 river`. Times of day are blanked.
 */
export async function firstAnswer(
  settings: string,
  request: Omit<RawRequest, 'port'>,
  options: Partial<SimulatorOptions> = {},
): Promise<FirstAnswer> {
  const simulator = await startSimulator({ ...DEFAULT_OPTIONS, ...options, port: 0, keepTruth: true });
  const headers = { 'x-simulate': `ttft=4; token-delay=2; tokens=2; ${settings}`, ...request.headers };
  const answer = await ask({ ...request, headers, port: simulator.port });
  await simulator.close();
  const [truth] = simulator.truth;
  if (truth === undefined) throw new Error('the request was no prompt');
  return { ...answer, body: withoutTimes(answer.body), truth };
}

/** Times of day, blanked. */
export function withoutTimes(body: string): string {
  return body.replaceAll(/("created(?:_at)?":)\d+/g, '$10').replaceAll(/("created_at":)"[^"]+"/g, '$1"T"');
}

/** Server-sent events as text: each part is what stands between two empty lines. */
export function sse(...events: readonly string[]): string {
  return events.map((event) => `${event}\n\n`).join('');
}
