import { z } from 'zod';
import { OBJECTIVE_METRICS, OBJECTIVE_QUANTILES } from '../model/objective.ts';
import { FAILURE_KINDS, TOKEN_EVENT_KINDS } from '../model/record.ts';
import { SERVER_SPANS } from '../model/server-timings.ts';
import { DIALECT_IDS } from '../model/target.ts';
import { CACHE_MODES } from '../model/workload.ts';
import { importedSchema } from './imported-schema.ts';
import { cancellationSchema, loadSchema, stagesSchemaOf } from './load-schema.ts';
import { environmentSchema, groupSchema } from './run-circumstances-schema.ts';
import { RUN_DOCUMENT_SCHEMA, type RunDocument } from './run-document.ts';

const count = z.int().min(0);
const instant = z.number().describe("Milliseconds from the run's start, monotonic.");
const ratio = z.number().min(0).max(1);
const figure = z.number().nullable().describe('Null when undefined, never 0 for unknown.');

const interval = z.tuple([z.number(), z.number()]).nullable().describe('Null with too few samples.');

const metric = z.strictObject({
  unit: z.string(),
  n: count.describe('Samples behind the figures.'),
  mean: figure,
  stdev: figure.describe('Sample standard deviation (n − 1); null below two samples.'),
  min: figure,
  max: figure,
  p50: figure,
  p90: figure,
  p95: figure,
  p99: figure,
  ci95: z
    .strictObject({ p50: interval, p95: interval })
    .exactOptional()
    .describe(
      '95 % intervals, by order statistics; only of metrics with one sample a request, which are taken for independent.',
    ),
});

const tokens = z.strictObject({
  input: count.nullable(),
  output: count.nullable(),
  reasoning: count.nullable().describe('Part of output.'),
  cached: count.nullable().describe('Part of input.'),
  cacheWrite: count.nullable().describe('Part of input.'),
  source: z.enum(['reported', 'counted', 'events', 'mixed']).nullable().describe('Where the output count comes from.'),
});

const target = z.strictObject({
  provider: z.string(),
  model: z.string(),
  url: z.string(),
  requests: z
    .strictObject({
      started: count,
      completed: count,
      failed: count,
      cancelled: count,
      dropped: count.describe('Arrivals never sent, for the ceiling of requests in flight.'),
      retries: count.describe('Attempts after a first one; part of started.'),
    })
    .describe('Of the measured phase; every attempt is one.'),
  failures: z.partialRecord(z.enum(FAILURE_KINDS), count),
  metrics: z.record(z.string(), metric).describe('By metric id; see docs/metrics.md.'),
  throughput: z
    .strictObject({
      requestsPerSecond: figure,
      outputTokensPerSecond: figure,
      offeredPerSecond: figure.describe('Null in closed loop.'),
      steadyWindowMs: figure,
      full: z
        .strictObject({ requestsPerSecond: figure, outputTokensPerSecond: figure })
        .describe('Over everything, drain included.'),
    })
    .describe('Over the steady window, by arrival.'),
  tokens: tokens.describe('Sums over completed requests.'),
  goodRatio: ratio.nullable(),
  goodput: figure,
  errorRate: ratio.nullable(),
  cost: z
    .strictObject({
      usd: figure,
      warmupUsd: figure.describe('Part of usd.'),
      isComplete: z.boolean(),
      unknownRequests: count.describe('Requests whose cost nobody can tell; usd is then a lower bound.'),
      priceSource: z.string().nullable(),
      priceAsOf: z.string().nullable(),
    })
    .describe('US dollars, of all requests, those of the warm-up and failed ones included.'),
  validity: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum(['ok', 'note', 'invalid']),
      text: z.string(),
      hint: z.string().nullable(),
    }),
  ),
  stages: stagesSchemaOf(metric),
  prompts: z
    .array(
      z.strictObject({
        name: z.string(),
        completed: count,
        failed: count,
        metrics: z.strictObject({
          ttft: metric,
          e2e: metric,
          tokensPerSecond: metric,
          inputTokens: metric,
          outputTokens: metric,
        }),
      }),
    )
    .describe('Named prompts, in their order.'),
  conversations: z
    .strictObject({ completed: count, failed: count, cut: count })
    .nullable()
    .default(null)
    .describe(
      'Answered to their last turn, ended by a failure, cut by the end of the run; null where there were none.',
    ),
});

const request = z.strictObject({
  id: count,
  provider: z.string(),
  model: z.string(),
  phase: z.enum(['warmup', 'measure', 'cooldown']),
  promptIndex: count,
  promptName: z.string().nullable(),
  asked: z
    .strictObject({
      inputTokens: count.nullable(),
      outputTokens: count.nullable(),
      contextTokens: count.nullable(),
      conversation: count.nullable(),
      turn: count.nullable(),
      turns: count.nullable(),
    })
    .nullable()
    .default(null)
    .describe('Lengths, context tier and place in a conversation; null where nothing of it was asked for.'),
  attempt: z.int().min(1),
  retryOf: count.nullable().describe('Id of the attempt before.'),
  scheduledAtMs: instant.nullable(),
  startedAtMs: instant,
  socketAtMs: instant.nullable(),
  sentAtMs: instant.nullable(),
  headersAtMs: instant.nullable(),
  firstChunkAtMs: instant.nullable(),
  firstTokenAtMs: instant.nullable(),
  firstOutputAtMs: instant.nullable(),
  lastTokenAtMs: instant.nullable(),
  endedAtMs: instant,
  connection: z.strictObject({
    isReused: z.boolean().nullable(),
    dnsMs: figure,
    tcpMs: figure,
    tlsMs: figure,
  }),
  outcome: z.enum(['completed', 'failed', 'cancelled']),
  failure: z
    .strictObject({
      kind: z.enum(FAILURE_KINDS),
      message: z.string(),
      status: z.int().nullable(),
      code: z.string().nullable(),
      retryAfterMs: figure,
      excerpt: z.string().max(2_048).nullable(),
    })
    .nullable(),
  cancelledBy: z.enum(['plan', 'user', 'end']).nullable(),
  finishReason: z.enum(['stop', 'length', 'tool_calls', 'content_filter', 'error', 'other']).nullable(),
  modelAnswered: z.string().nullable(),
  isStreamed: z.boolean(),
  tokens,
  counted: z
    .strictObject({
      input: count.nullable(),
      output: count.nullable(),
      tokenizer: z.string(),
      isApproximate: z.boolean(),
    })
    .nullable()
    .describe('By a tokenizer over the whole texts, after the run.'),
  serverTimingsMs: z
    .partialRecord(z.enum(SERVER_SPANS), z.number())
    .nullable()
    .describe('What the server told, by its own clock.'),
  events: z.array(
    z.strictObject({
      atMs: instant,
      kind: z.enum(TOKEN_EVENT_KINDS),
      tokens: count.nullable(),
      bytes: count,
      isCoalesced: z.boolean(),
    }),
  ),
  text: z.strictObject({ prompt: z.string(), reasoning: z.string(), answer: z.string() }).exactOptional(),
});

const limit = z.number().positive().optional();

const parameters = z.strictObject({
  temperature: z.number().optional(),
  maxTokens: z.int().min(1).optional(),
  maxTokensName: z.string().optional(),
  extra: z.record(z.string(), z.json()),
});

const usd = z.number().min(0);

const rates = {
  inputUsd: usd,
  outputUsd: usd,
  cachedInputUsd: usd.optional(),
  cacheWriteUsd: usd.optional(),
  longCacheWriteUsd: usd.optional(),
  reasoningUsd: usd.optional(),
};

const price = z.strictObject({
  ...rates,
  tiers: z.array(z.strictObject({ ...rates, aboveInputTokens: count })),
  perRequestUsd: usd,
  source: z.string(),
  asOf: z.string().optional(),
});

const path = z.string().optional();

const profile = z
  .strictObject({
    prefix: z.string().optional(),
    baseModel: z.string().optional(),
    contextWindow: count.optional(),
    maxOutputTokens: count.optional(),
    parameters: parameters.optional().describe('What is sent, after the rules of its provider.'),
    adjustments: z.array(
      z.strictObject({
        parameter: z.string(),
        action: z.enum(['clamp', 'rename', 'drop', 'set']),
        from: z.json(),
        to: z.json().optional(),
        sentAs: z.string().optional(),
        reason: z.string(),
        source: z.string(),
      }),
    ),
    price: price.optional().describe('US dollars per million tokens, as known when the run was planned.'),
    timeoutMs: limit,
    region: z.string().optional(),
    tier: z.string().optional(),
    exactLength: z.enum(['ignore-eos', 'ignore-eos-and-minimum']).optional(),
    template: z
      .strictObject({
        method: z.enum(['POST', 'GET']),
        body: z.json().optional(),
        framing: z.enum(['sse', 'ndjson', 'json']),
        paths: z.strictObject({
          text: z.string(),
          reasoning: path,
          finish: path,
          inputTokens: path,
          outputTokens: path,
          error: path,
        }),
        doneMarker: z.string().optional(),
      })
      .optional(),
  })
  .describe('What was known of the target beyond its address.');

const plan = z.strictObject({
  targets: z.array(
    z.strictObject({
      provider: z.string(),
      model: z.string(),
      url: z.string(),
      dialect: z.enum(DIALECT_IDS),
      profile,
    }),
  ),
  workload: z.strictObject({ source: z.string(), sha256: z.string(), items: count.optional() }),
  load: loadSchema,
  stop: z.strictObject({ requests: z.int().min(1).optional(), durationMs: limit }),
  warmupRequests: count,
  warmupMs: limit.describe('The warm-up goes on for so long after its first request.'),
  cooldownMs: limit.describe('The load goes on for so long after the measured phase.'),
  cancellation: cancellationSchema.optional().describe('Streams that the client gives up by plan.'),
  timeouts: z.strictObject({ connectMs: z.number(), firstTokenMs: limit, idleMs: limit, totalMs: z.number() }),
  retry: z.strictObject({ maxRetries: count, delayMs: z.number().min(0) }),
  parameters: parameters.describe('As the user gave them.'),
  parameterMode: z.enum(['strict', 'adjust', 'pass']),
  tokenCounting: z.strictObject({ when: z.enum(['missing', 'always']), tokenizer: z.string().optional() }),
  budgetUsd: limit.describe('The run stops before its cost can pass this.'),
  isStreamed: z.boolean(),
  headerNames: z.array(z.string()).describe('Values are secrets and never kept.'),
  cache: z.enum(CACHE_MODES).default('natural').describe('What prompts may find in the prompt cache of the server.'),
  isHttp2: z.boolean().default(false).describe('HTTP/2 instead of HTTP/1.1: requests share connections.'),
  contextTiers: z.array(count).default([]).describe('Tokens of filler before the prompts; empty: none.'),
  conversation: z
    .strictObject({ maxTurns: z.int().min(1), thinkTimeMs: z.number().min(0) })
    .optional()
    .describe('Conversations that grow with the live answers.'),
  outputLength: z.enum(['limit', 'exact']).default('limit'),
  randomizePrompt: z.boolean().optional().describe('In documents of earlier versions: the cache was meant to be cold.'),
  objectives: z.array(z.strictObject({ metric: z.enum(OBJECTIVE_METRICS), max: z.number() })),
  quantileObjectives: z
    .array(
      z.strictObject({
        metric: z.enum(OBJECTIVE_METRICS),
        quantile: z.enum(OBJECTIVE_QUANTILES),
        max: z.number(),
      }),
    )
    .optional()
    .describe('What the run as a whole is held to; missing in documents of before 2026-11-25.'),
  interleave: z
    .strictObject({ requestsPerTurn: z.int().min(1) })
    .optional()
    .describe('Targets take turns, so many requests each.'),
  providerConcurrency: z.int().min(1).optional(),
  workers: z.union([z.int().min(1), z.literal('auto')]),
  seed: count,
  saveText: z.boolean(),
  repeatArguments: z
    .array(z.string())
    .optional()
    .describe('Arguments of llm-bench run that make this plan again; names of variables stand in place of secrets.'),
});

const verdict = z
  .strictObject({
    isPassed: z.boolean(),
    checks: z.array(
      z.strictObject({
        condition: z.string().describe('As it was written.'),
        metric: z.string(),
        statistic: z.string().nullable(),
        operator: z.enum(['>', '>=', '<', '<=']),
        limit: z.number().describe('In the unit, as value; ratios are shares.'),
        unit: z.string(),
        provider: z.string().nullable().describe('Null: of the whole run.'),
        model: z.string().nullable(),
        status: z.enum(['passed', 'failed', 'unknown']).describe('Unknown fails too: there is nothing to judge.'),
        value: figure,
        note: z.string().nullable(),
      }),
    ),
  })
  .describe('Only with --fail-if.');

/** What `run --output json` and `report summary --json` print; published as docs/schema/run-1.json. */
export const runDocumentSchema: z.ZodType<RunDocument> = z.strictObject({
  schema: z.literal(RUN_DOCUMENT_SCHEMA),
  run: z.strictObject({
    id: z.string(),
    state: z.enum(['running', 'completed', 'interrupted', 'cancelled', 'over-budget', 'failed']),
    startedAt: z.iso.datetime().describe('Wall clock, UTC.'),
    durationMs: z.number().min(0),
    version: z.string(),
    metricsVersion: z.int().min(1).describe('Two runs of different versions may not be compared blindly.'),
    seed: count,
    environment: environmentSchema,
    group: groupSchema.exactOptional().describe('Only of a step of a sweep or a search.'),
    labels: z.array(z.string()).exactOptional().describe('Only where the user gave any.'),
    imported: importedSchema.exactOptional().describe('Only of a run that was not measured here.'),
    repeat: z
      .string()
      .exactOptional()
      .describe('The shell command that repeats it; names of variables stand in place of secrets.'),
  }),
  plan: plan.describe('All that is needed to repeat the run, except secrets and prompt texts.'),
  targets: z.array(target),
  verdict: verdict.exactOptional(),
  requests: z.array(request).exactOptional().describe('Only with --include requests.'),
}) as unknown as z.ZodType<RunDocument>;

/** The JSON schema (draft 2020-12) of the document, as text. */
export function runDocumentJsonSchema(): string {
  const schema = z.toJSONSchema(runDocumentSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ $id: 'run-1.json', title: RUN_DOCUMENT_SCHEMA, ...schema }, undefined, 2)}\n`;
}
