// Writes docs/metrics.md from the catalogue, so that the page cannot say anything else than the code.
import {
  HEADLINE_METRICS,
  METRICS_VERSION,
  type Metric,
  REQUEST_METRICS,
  type RequestMetric,
  WINDOW_METRICS,
} from '../src/metrics/catalogue.ts';
import { MIN_SAMPLES, type QuantileName } from '../src/metrics/quantile.ts';

const INTRO = `# Metrics

<!-- Written by scripts/metrics-doc.ts from src/metrics/catalogue.ts: edit those. -->

What every number of llm-bench means. Each metric has one entry in \`src/metrics/catalogue.ts\`; command line, reports and this page
read it there. This is version ${METRICS_VERSION} of the definitions. It is stored with every run and rises whenever a definition
changes: numbers of runs of different versions are not to be compared.

## The instants of one request

Every metric of a request is a difference between instants, or a count over one. Instants are milliseconds from the run's start on
a clock that never jumps; the wall clock is read once per run. An arrival is stamped when its bytes are read from the socket,
before anything is decoded. Events that one read completed share its stamp and are marked as coalesced.

| instant | when |
|---|---|
| \`scheduledAt\` | the load plan wanted the request to start; open loop only |
| \`startedAt\` | the request, its bytes already built, was handed to the HTTP client. TTFT and E2E start here: waiting for a connection, DNS, TCP and TLS are inside |
| \`socketAt\` | a usable connection was there; for a new one the durations of DNS, TCP and TLS are kept too |
| \`sentAt\` | the last byte of the request was written |
| \`headersAt\` | status and headers of the answer were read |
| \`firstChunkAt\` | the first event of any kind came: a role, a ping, a comment. Never called TTFT |
| \`firstTokenAt\` | the first event came that carried something the model generated: content, reasoning, refusal, a tool's name or its arguments |
| \`firstOutputAt\` | the same, but reasoning does not count |
| \`lastTokenAt\` | the last event with generated output came |
| \`endedAt\` | the terminal marker or the end of the body came, or the request failed or was cancelled |

An event counts as token-bearing because of what it carries, never because of its place: some servers send text in the first
chunk, others begin with empty ones.

## What all metrics share

- **Who counts.** Latencies and speeds are of completed requests. Failed ones have a distribution of their own (\`timeToError\`); they
  stay in the denominator of error rate and good ratio, and the tokens they received count in throughput. Warm-up requests count
  nowhere. Every attempt of a retried request is a request.
- **Tokens.** The provider's own count is best; without one, each token-bearing event stands for one token, a lower bound, and the
  report says so. The limit that was asked for is never used. Reasoning tokens are part of output tokens, cached tokens part of
  input tokens.
- **Undefined is not zero.** A metric that cannot be known for a request adds no sample.
- **Quantiles** are exact, over all samples, interpolated linearly between the two nearest ranks (type 7, as numpy, R and DuckDB's
  \`quantile_cont\`). They are never averaged. Below its minimum of samples a quantile is shown and marked; the minima are those of
  MLPerf's early stopping at confidence 0.99.
- **Standard deviation** is that of a sample (n − 1).
- **The steady window** reaches from the start of the measured phase to the moment when the load could no longer be kept up as
  planned: no warm-up, no drain. Tokens count in it by their arrival, requests by their end.
- **Good** is a request that completed and met every objective that applies to it. One that cannot apply, such as TPOT to an
  answer of one token, is skipped and counted. In open loop \`ttft\` and \`e2e\` are tested from \`scheduledAt\`.
`;

const REQUEST_INTRO = `## Of one request

Each has a distribution over the requests of a target.
`;

const WINDOW_INTRO = `## Of one second

Each target has one row per second from the run's start, seconds in which nothing happened included. Tokens count in the second
they arrived, requests in the second they ended. The distributions are over whole seconds of the steady window.
`;

const HEADLINE_INTRO = `## Of a whole target

Single figures, without quantiles.
`;

/** What other tools call it, or mean by the same name; the evidence is in their source and documentation. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ttft: 'vLLM `bench serve` also counts a first chunk that is empty, such as the role: there the number is smaller. AIPerf and guidellm count as we do.',
  ttfo: 'AIPerf calls it TTFO, guidellm TTFOT.',
  itl: 'The name means something else nearly everywhere: the ITL of AIPerf and guidellm is one mean per request, our `tpot`; that of vLLM is our `tbt`.',
  tbt: "vLLM's ITL. AIPerf calls it inter-chunk latency (ICL).",
  tpot: "AIPerf and guidellm call it ITL. guidellm's TPOT is (lastTokenAt − startedAt) ÷ outputTokens: the wait for the first token is in it.",
  e2e: "AIPerf's request latency and vLLM's E2EL end at the last token or chunk, before the terminal marker.",
  e2eScheduled: 'guidellm keeps it as `request_scheduled_latency`, off its console.',
  dispatchDelay: 'guidellm keeps it as `request_dispatch_delay`, off its console.',
  goodput: 'AIPerf and vLLM divide by the time of the whole run, drain included.',
  goodRatio: 'AIPerf and guidellm keep failed requests in the denominator too.',
  requestsPerSecond: 'AIPerf and vLLM divide by the time of the whole run, drain included: our full window.',
  outputTokensPerSecond: 'AIPerf and vLLM divide by the time of the whole run, drain included: our full window.',
};

const POPULATIONS: Readonly<Record<RequestMetric['population'], string>> = {
  completed: 'completed requests',
  failed: 'failed requests',
  all: 'all requests',
};

/** The whole page. */
export function metricsDoc(): string {
  refuseStrangers();
  return [
    INTRO,
    REQUEST_INTRO,
    ...REQUEST_METRICS.map((metric) =>
      section(metric, [`- over: ${POPULATIONS[metric.population]}`, minimumSamples(metric)]),
    ),
    WINDOW_INTRO,
    ...WINDOW_METRICS.map((metric) => section(metric, [minimumSamples(metric)])),
    HEADLINE_INTRO,
    ...HEADLINE_METRICS.map((metric) => section(metric, [])),
  ].join('\n');
}

function section(metric: Metric, more: readonly string[]): string {
  const elsewhere = ELSEWHERE[metric.id];
  const lines = [
    `### \`${metric.id}\` – ${metric.title}`,
    '',
    `- unit: ${metric.unit}, ${metric.direction}`,
    `- formula: ${metric.formula}`,
    `- undefined when: ${metric.undefinedWhen}`,
    ...more,
    ...(elsewhere === undefined ? [] : [`- elsewhere: ${elsewhere}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function minimumSamples({ minSamples }: Metric): string {
  const names = Object.keys(MIN_SAMPLES) as QuantileName[];
  return `- minimum of samples: ${names.map((name) => `${name} ${minSamples[name]}`).join(', ')}`;
}

function refuseStrangers(): void {
  const known = new Set([...REQUEST_METRICS, ...WINDOW_METRICS, ...HEADLINE_METRICS].map(({ id }) => id));
  const stranger = Object.keys(ELSEWHERE).find((id) => !known.has(id));
  if (stranger !== undefined) throw new Error(`ELSEWHERE names ${stranger}, which is not in the catalogue`);
}
