import { z } from 'zod';

const count = z.int().min(0);

/** The machine and software that measured. */
export const environmentSchema: z.ZodType = z.strictObject({
  node: z.string(),
  platform: z.string(),
  arch: z.string(),
  cpuModel: z.string(),
  cpuCount: count,
  memoryBytes: count,
  transport: z.string(),
  calibration: z
    .strictObject({
      measuredAtIso: z.string(),
      accuracy: z.array(
        z.strictObject({
          streams: count,
          requests: count,
          ttftErrorP50Ms: z.number(),
          ttftErrorP99Ms: z.number(),
          gapErrorP99Ms: z.number(),
        }),
      ),
      streams: count.optional(),
      ratePerSecond: z.number().optional(),
      chunksPerSecond: z.number().optional(),
    })
    .optional()
    .describe('What `calibrate` had found of this very client.'),
});

/** What makes a run a step of several. */
export const groupSchema: z.ZodType = z.strictObject({
  id: z.string(),
  kind: z.enum(['sweep', 'search']),
  step: z.int().min(1),
  steps: z.int().min(1).nullable().describe('Null where each step decides on the next.'),
  values: z.record(z.string(), z.number()).describe('What this step set, by axis.'),
  asked: z.record(z.string(), z.json()).describe('What the whole group was asked for.'),
});
