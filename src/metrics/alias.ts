import type { RequestRecord } from '../model/record.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import { tbtMs, tpotMs, ttftMs } from './latency.ts';
import { outputTokens } from './tokens.ts';

/** Tools whose definitions can be put to our raw events. */
export const ALIASES = ['vllm', 'aiperf', 'guidellm', 'genai-perf'] as const;

export type Alias = (typeof ALIASES)[number];

/** A metric as another tool defines it, over completed requests. */
export interface AliasMetric {
  /** As that tool calls it. */
  readonly name: string;
  readonly unit: 'ms' | 'tokens/s';
  readonly formula: string;
  /** Our metric that means the same; undefined: none. */
  readonly sameAs: string | undefined;
  readonly samples: (record: RequestRecord) => readonly number[];
}

type One = (record: RequestRecord) => number | undefined;

const metric = (
  given: Omit<AliasMetric, 'samples' | 'unit'>,
  of: One,
  unit: AliasMetric['unit'] = 'ms',
): AliasMetric => ({
  ...given,
  unit,
  samples: (record) => {
    const value = of(record);
    return value === undefined ? [] : [value];
  },
});

/** Start to the last token-bearing event; undefined without one. */
function toLastToken({ instants }: RequestRecord): number | undefined {
  return instants.lastTokenAtMs === undefined ? undefined : instants.lastTokenAtMs - instants.startedAtMs;
}

function firstChunk({ instants }: RequestRecord): number | undefined {
  return instants.firstChunkAtMs === undefined ? undefined : instants.firstChunkAtMs - instants.startedAtMs;
}

/** (`from` to the last token) ÷ (tokens − `without`). */
function perToken(record: RequestRecord, from: number | undefined, without: 0 | 1): number | undefined {
  const last = toLastToken(record);
  const tokens = outputTokens(record)?.tokens;
  if (last === undefined || from === undefined || tokens === undefined || tokens - without <= 0) return undefined;
  return (last - from) / (tokens - without);
}

const SAME_TTFT = { name: 'time_to_first_token', formula: 'first token − start', sameAs: 'ttft' } as const;
const MEAN_ITL = {
  name: 'inter_token_latency',
  formula: '(last token − first token) ÷ (tokens − 1)',
  sameAs: 'tpot',
} as const;
const LATENCY = { name: 'request_latency', formula: 'last token − start', sameAs: undefined } as const;

const perUser = (record: RequestRecord): number | undefined => {
  const gap = tpotMs(record);
  return gap === undefined || gap === 0 ? undefined : 1_000 / gap;
};

const PER_USER = {
  name: 'output_token_throughput_per_user',
  formula: '1000 ÷ inter_token_latency',
  sameAs: undefined,
} as const;

/** By tool. Sources: `docs/why-different.md`. */
export const ALIAS_METRICS: Readonly<Record<Alias, readonly AliasMetric[]>> = {
  vllm: [
    metric({ name: 'ttft', formula: 'first chunk of any kind − start', sameAs: undefined }, firstChunk),
    metric({ name: 'tpot', formula: '(last token − first chunk) ÷ (tokens − 1)', sameAs: undefined }, (record) =>
      perToken(record, firstChunk(record), 1),
    ),
    { name: 'itl', unit: 'ms', formula: 'every gap between token-bearing chunks', sameAs: 'tbt', samples: tbtMs },
    metric({ name: 'e2el', formula: 'last token − start', sameAs: undefined }, toLastToken),
  ],
  aiperf: [
    metric(SAME_TTFT, ttftMs),
    metric(MEAN_ITL, tpotMs),
    { name: 'inter_chunk_latency', unit: 'ms', formula: 'every gap between chunks', sameAs: 'tbt', samples: tbtMs },
    metric(LATENCY, toLastToken),
    metric(PER_USER, perUser, 'tokens/s'),
  ],
  guidellm: [
    metric({ ...SAME_TTFT, name: 'time_to_first_token_ms' }, ttftMs),
    metric({ ...MEAN_ITL, name: 'inter_token_latency_ms' }, tpotMs),
    metric(
      { name: 'time_per_output_token_ms', formula: '(last token − start) ÷ tokens', sameAs: undefined },
      (record) => perToken(record, 0, 0),
    ),
    metric(
      { name: 'request_latency', formula: 'end − start', sameAs: 'e2e' },
      ({ instants }) => instants.endedAtMs - instants.startedAtMs,
    ),
  ],
  'genai-perf': [
    metric(SAME_TTFT, ttftMs),
    metric(MEAN_ITL, tpotMs),
    metric(LATENCY, toLastToken),
    metric(PER_USER, perUser, 'tokens/s'),
  ],
};

export interface AliasedMetric {
  readonly metric: AliasMetric;
  readonly values: Distribution;
}

/** Gathers completed requests of the measured phase of one target. */
export interface AliasTally {
  add(record: RequestRecord): void;
  summarize(): readonly AliasedMetric[];
}

export function createAliasTally(alias: Alias): AliasTally {
  const gathered = ALIAS_METRICS[alias].map((one) => ({ metric: one, samples: [] as number[] }));
  return {
    add(record) {
      if (record.phase !== 'measure' || record.outcome.kind !== 'completed') return;
      for (const { metric: one, samples } of gathered) for (const value of one.samples(record)) samples.push(value);
    },
    summarize: () => gathered.map(({ metric: one, samples }) => ({ metric: one, values: distributionOf(samples) })),
  };
}
