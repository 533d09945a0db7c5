import { z } from 'zod';

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
