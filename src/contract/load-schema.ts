import { z } from 'zod';
import type { MetricDocument, StageDocument } from './run-document.ts';

const stages = z
  .array(z.strictObject({ from: z.number().min(0), to: z.number().min(0), durationMs: z.number().positive() }))
  .describe('Run through first; afterwards the level beside them holds.');

/** The load of a plan, as a document has it. */
export const loadSchema: z.ZodType = z.union([
  z.strictObject({
    kind: z.literal('closed-loop'),
    concurrency: z.number().min(0),
    stages,
    requestDelayMs: z.number().min(0),
  }),
  z.strictObject({
    kind: z.literal('open-loop'),
    arrival: z.union([
      z.enum(['constant', 'poisson']),
      z.strictObject({ kind: z.literal('gamma'), cv: z.number().positive() }),
      z.strictObject({ kind: z.literal('burst'), size: z.int().min(1) }),
    ]),
    ratePerSecond: z.number().min(0),
    stages,
    maxInFlight: z.int().min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal('trace'),
    speed: z.number().positive(),
    maxInFlight: z.int().min(1).optional(),
  }),
]);

const timeLaw = z.union([
  z.strictObject({ kind: z.literal('constant'), ms: z.number().min(0) }),
  z.strictObject({ kind: z.literal('uniform'), fromMs: z.number().min(0), toMs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('normal'), meanMs: z.number().min(0), deviationMs: z.number().min(0) }),
]);

/** Which share of streams the client gives up, and when. */
export const cancellationSchema: z.ZodType = z.strictObject({
  ratio: z.number().positive().max(1),
  after: timeLaw,
});

/** What came of each stage; `metric` is how figures are written. */
export function stagesSchemaOf(metric: z.ZodType<MetricDocument>): z.ZodType<readonly StageDocument[]> {
  const count = z.int().min(0);
  const stage = z.strictObject({
    startMs: z.number().min(0).describe("From the measured phase's start."),
    durationMs: z.number().positive(),
    from: z.number().min(0),
    to: z.number().min(0),
    asked: z.number().min(0).describe('Mean level: a rate per second, or clients.'),
    achieved: z.number().min(0).describe('Requests sent per second, or mean requests in flight.'),
    sent: count,
    completed: count,
    failed: count,
    outputTokensPerSecond: z.number().nullable(),
    ttft: metric,
    e2e: metric,
  });
  return z.array(stage).describe('Of a load with stages; latencies of an open loop count from when requests were due.');
}
