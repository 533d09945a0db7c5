import type { Price } from '../model/price.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Window } from '../model/window.ts';
import { costUsd } from './cost.ts';
import {
  decodeMs,
  dispatchDelayMs,
  e2eMs,
  e2eScheduledMs,
  itlMs,
  stallMs,
  tbtMs,
  timeToErrorMs,
  toolArgumentsMs,
  toolCallLatencyMs,
  tpotMs,
  ttfoMs,
  ttftMs,
  ttftScheduledMs,
} from './latency.ts';
import { MIN_SAMPLES, type QuantileName } from './quantile.ts';
import { e2eTokensPerSecond, inputTokensPerSecond, tokensPerSecond } from './speed.ts';
import { windowErrorRate } from './windows.ts';

/** Rises whenever a definition below changes, so that two runs can be told apart. See CHANGELOG.md, "Numbers that change". */
export const METRICS_VERSION = 1;

export type MetricUnit = 'ms' | 'tokens/s' | 'requests/s' | 'ratio' | 'usd';

/** All that is said about a metric, once: command line, API, dashboard and docs/metrics.md read it here. */
export interface Metric {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  readonly direction: 'lower is better' | 'higher is better';
  readonly formula: string;
  readonly undefinedWhen: string;
  /** Below these counts a quantile is marked as resting on too few samples. */
  readonly minSamples: Readonly<Record<QuantileName, number>>;
}

/** A metric of single requests; its distribution pools the samples of all that belong to its population. */
export interface RequestMetric extends Metric {
  /** `completed`: latencies and speeds. `failed`: how failures behave. `all`: the client's own behaviour. */
  readonly population: 'completed' | 'failed' | 'all';
  /** `price`: of the record's target; only cost needs it. */
  readonly samples: (record: RequestRecord, price?: Price) => readonly number[];
}

/** A metric of one-second windows; its distribution is over the whole seconds of the steady window. */
export interface WindowMetric extends Metric {
  readonly sample: (window: Window) => number | undefined;
}

type Given = Pick<Metric, 'id' | 'title' | 'formula' | 'undefinedWhen'>;
type One = (record: RequestRecord) => number | undefined;

const latency = (given: Given, of: One, population: RequestMetric['population'] = 'completed'): RequestMetric => ({
  ...given,
  unit: 'ms',
  direction: 'lower is better',
  minSamples: MIN_SAMPLES,
  population,
  samples: oneOrNone(of),
});

const gaps = (given: Given, of: (record: RequestRecord) => readonly number[]): RequestMetric => ({
  ...given,
  unit: 'ms',
  direction: 'lower is better',
  minSamples: MIN_SAMPLES,
  population: 'completed',
  samples: of,
});

const speed = (given: Given, of: One): RequestMetric => ({
  ...given,
  unit: 'tokens/s',
  direction: 'higher is better',
  minSamples: MIN_SAMPLES,
  population: 'completed',
  samples: oneOrNone(of),
});

function oneOrNone(of: One): RequestMetric['samples'] {
  return (record) => {
    const value = of(record);
    return value === undefined ? [] : [value];
  };
}

export const REQUEST_METRICS: readonly RequestMetric[] = [
  latency(
    {
      id: 'ttft',
      title: 'Time to first token',
      formula: 'firstTokenAt − startedAt',
      undefinedWhen: 'no token came, or the answer was not streamed',
    },
    ttftMs,
  ),
  latency(
    {
      id: 'ttfo',
      title: 'Time to first output',
      formula: 'firstOutputAt − startedAt; as ttft, but reasoning does not count',
      undefinedWhen: 'only reasoning came',
    },
    ttfoMs,
  ),
  latency(
    {
      id: 'ttftScheduled',
      title: 'Time to first token from schedule',
      formula: 'firstTokenAt − scheduledAt',
      undefinedWhen: 'closed loop',
    },
    ttftScheduledMs,
  ),
  gaps(
    {
      id: 'itl',
      title: 'Inter-token latency',
      formula: 'every gap between token-bearing events, spread evenly over the tokens of the later event; pooled',
      undefinedWhen: 'the tokens of each event are unknown',
    },
    itlMs,
  ),
  gaps(
    {
      id: 'tbt',
      title: 'Time between token-bearing events',
      formula: 'every gap between token-bearing events as observed; pooled',
      undefinedWhen: 'fewer than 2 events',
    },
    tbtMs,
  ),
  latency(
    {
      id: 'stall',
      title: 'Longest gap of a request',
      formula: 'largest tbt of one request',
      undefinedWhen: 'fewer than 2 events',
    },
    stallMs,
  ),
  latency(
    {
      id: 'tpot',
      title: 'Time per output token',
      formula: '(lastTokenAt − firstTokenAt) ÷ (outputTokens − 1)',
      undefinedWhen: 'fewer than 2 tokens or 2 events, or all events in one read (buffered)',
    },
    tpotMs,
  ),
  latency(
    {
      id: 'decode',
      title: 'Decode time',
      formula: 'lastTokenAt − firstTokenAt',
      undefinedWhen: 'as tpot',
    },
    decodeMs,
  ),
  latency(
    {
      id: 'e2e',
      title: 'End-to-end latency',
      formula: 'endedAt − startedAt',
      undefinedWhen: 'not completed',
    },
    e2eMs,
  ),
  latency(
    {
      id: 'e2eScheduled',
      title: 'End-to-end latency from schedule',
      formula: 'endedAt − scheduledAt',
      undefinedWhen: 'closed loop, or not completed',
    },
    e2eScheduledMs,
  ),
  latency(
    {
      id: 'dispatchDelay',
      title: 'Dispatch delay of the client',
      formula: 'startedAt − scheduledAt, over all requests',
      undefinedWhen: 'closed loop',
    },
    dispatchDelayMs,
    'all',
  ),
  latency(
    {
      id: 'timeToError',
      title: 'Time to error',
      formula: 'endedAt − startedAt, over failed requests',
      undefinedWhen: 'nothing failed',
    },
    timeToErrorMs,
    'failed',
  ),
  latency(
    {
      id: 'toolCallLatency',
      title: 'Time to tool call',
      formula: 'first tool-name event − startedAt',
      undefinedWhen: 'no tool call came',
    },
    toolCallLatencyMs,
  ),
  latency(
    {
      id: 'toolArguments',
      title: 'Time of tool arguments',
      formula: 'last tool-arguments event − first tool-name event',
      undefinedWhen: 'no tool call with arguments came',
    },
    toolArgumentsMs,
  ),
  speed(
    {
      id: 'tokensPerSecond',
      title: 'Output speed of a request',
      formula: 'outputTokens ÷ (e2e − ttft)',
      undefinedWhen: 'no ttft or no token count, or all events in one read (buffered)',
    },
    tokensPerSecond,
  ),
  speed(
    {
      id: 'e2eTokensPerSecond',
      title: 'Output speed over the whole request',
      formula: 'outputTokens ÷ e2e',
      undefinedWhen: 'no token count',
    },
    e2eTokensPerSecond,
  ),
  speed(
    {
      id: 'inputTokensPerSecond',
      title: 'Input speed of a request',
      formula: 'inputTokens ÷ ttft',
      undefinedWhen: 'no ttft or no count of input tokens',
    },
    inputTokensPerSecond,
  ),
  {
    id: 'cost',
    title: 'Cost',
    unit: 'usd',
    direction: 'lower is better',
    formula: '(Σ tokens of each kind × its price per million) ÷ 1,000,000 + price per request',
    undefinedWhen: 'the price, or the count of input or output tokens, is unknown',
    minSamples: MIN_SAMPLES,
    population: 'completed',
    samples: (record, price) => oneOrNone((one) => costUsd(one, price))(record),
  },
];

/** Metrics that pool several samples of a request: these depend on each other, so no interval or test may count them one by one. */
export const POOLED_METRICS: ReadonlySet<string> = new Set(['itl', 'tbt']);

export const WINDOW_METRICS: readonly WindowMetric[] = [
  {
    id: 'rps',
    title: 'Requests per second',
    unit: 'requests/s',
    direction: 'higher is better',
    formula: 'requests that completed in a second; over the whole seconds of the steady window',
    undefinedWhen: 'the steady window holds no whole second',
    minSamples: MIN_SAMPLES,
    sample: (window) => window.completed,
  },
  {
    id: 'tps',
    title: 'Output tokens per second',
    unit: 'tokens/s',
    direction: 'higher is better',
    formula: 'output tokens that arrived in a second; over the whole seconds of the steady window',
    undefinedWhen: 'the steady window holds no whole second',
    minSamples: MIN_SAMPLES,
    sample: (window) => window.tokens,
  },
  {
    id: 'goodput',
    title: 'Good requests per second',
    unit: 'requests/s',
    direction: 'higher is better',
    formula: 'requests that completed within all objectives in a second; over the whole seconds of the steady window',
    undefinedWhen: 'the steady window holds no whole second',
    minSamples: MIN_SAMPLES,
    sample: (window) => window.good,
  },
  {
    id: 'errorRate',
    title: 'Error rate',
    unit: 'ratio',
    direction: 'lower is better',
    formula: 'failed ÷ ended in a second; over the whole seconds of the steady window in which any ended',
    undefinedWhen: 'no request ended in a whole second of the steady window',
    minSamples: MIN_SAMPLES,
    sample: windowErrorRate,
  },
];

/** Figures of a whole target that are not distributions. */
export const HEADLINE_METRICS: readonly Metric[] = [
  {
    id: 'requestsPerSecond',
    title: 'Request throughput',
    unit: 'requests/s',
    direction: 'higher is better',
    formula: 'requests that completed within the steady window ÷ its length',
    undefinedWhen: 'the steady window is empty',
    minSamples: MIN_SAMPLES,
  },
  {
    id: 'outputTokensPerSecond',
    title: 'Token throughput',
    unit: 'tokens/s',
    direction: 'higher is better',
    formula: 'output tokens that arrived within the steady window ÷ its length, those of failed requests included',
    undefinedWhen: 'the steady window is empty',
    minSamples: MIN_SAMPLES,
  },
  {
    id: 'offeredPerSecond',
    title: 'Offered load',
    unit: 'requests/s',
    direction: 'higher is better',
    formula: 'arrivals the plan wanted in the steady window, dropped ones included ÷ its length',
    undefinedWhen: 'closed loop',
    minSamples: MIN_SAMPLES,
  },
  {
    id: 'goodRatio',
    title: 'Good ratio',
    unit: 'ratio',
    direction: 'higher is better',
    formula: 'good requests ÷ (all started − cancelled)',
    undefinedWhen: 'nothing was started',
    minSamples: MIN_SAMPLES,
  },
  {
    id: 'runCost',
    title: 'Cost of the run',
    unit: 'usd',
    direction: 'lower is better',
    formula: 'sum of cost over all requests, those of the warm-up and failed ones included',
    undefinedWhen: 'the price is unknown',
    minSamples: MIN_SAMPLES,
  },
];
