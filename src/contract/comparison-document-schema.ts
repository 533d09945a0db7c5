import { z } from 'zod';
import { COMPARISON_DOCUMENT_SCHEMA, type ComparisonDocument } from './comparison-document.ts';

const count = z.int().min(0);
const figure = z.number().nullable().describe('Null when undefined, never 0 for unknown.');
const interval = z.tuple([z.number(), z.number()]).nullable().describe('95 %; null with too few samples.');
const chance = z.number().min(0).max(1).nullable();
const verdict = z.enum(['improved', 'regressed', 'no-change', 'inconclusive']);

const side = z.strictObject({
  n: count,
  value: figure,
  ci95: interval,
  dependence: z.number().min(1).describe('So many neighbouring samples say as much as one independent one.'),
});

const metric = z.strictObject({
  id: z.string().describe('As ttft.p50.'),
  metric: z.string().describe('See docs/metrics.md.'),
  statistic: z.enum(['p50', 'p95', 'mean', 'rate']),
  unit: z.string(),
  direction: z.enum(['lower is better', 'higher is better']),
  a: side,
  b: side,
  change: figure.describe('B − A, in the unit.'),
  changeCi95: interval,
  relative: figure.describe('(B − A) ÷ A, a share.'),
  relativeCi95: interval,
  shift: z
    .strictObject({ value: z.number(), ci95: interval })
    .nullable()
    .describe('Hodges-Lehmann, in the unit; of medians only.'),
  p: chance.describe('Two-sided.'),
  adjustedP: chance.describe('After Holm, over all metrics of the target.'),
  verdict,
  reason: z.string().nullable().describe('Why it is inconclusive, or what else to know of the verdict.'),
  needed: z
    .strictObject({
      samples: count.nullable().describe('On each side; null when no sensible number decides.'),
      usd: figure.describe('For the requests that both sides lack.'),
    })
    .nullable()
    .describe('What it would take to decide.'),
});

const run = z.strictObject({
  id: z.string(),
  label: z.string().describe('As it was named: an id or a file.'),
  startedAt: z.iso.datetime(),
  state: z.enum(['running', 'completed', 'interrupted', 'cancelled', 'over-budget', 'failed']),
});

const name = z.strictObject({ provider: z.string(), model: z.string() });

const difference = z.strictObject({
  kind: z
    .enum(['subject', 'condition', 'circumstance'])
    .describe('Where a condition differs the runs are not like-for-like.'),
  what: z.string(),
  a: z.string(),
  b: z.string(),
});

/** What `compare --json` prints; published as docs/schema/comparison-1.json. */
export const comparisonDocumentSchema: z.ZodType<ComparisonDocument> = z.strictObject({
  schema: z.literal(COMPARISON_DOCUMENT_SCHEMA),
  a: run,
  b: run,
  minEffect: z.number().positive().describe('Smallest relative change that counts.'),
  verdict: verdict.describe('Regressed if anything did, else improved, else inconclusive if anything is.'),
  isLikeForLike: z.boolean(),
  differences: z.array(difference).describe('Of the runs.'),
  targets: z.array(
    z.strictObject({
      a: name,
      b: name,
      differences: z.array(difference).describe('Of these two targets.'),
      metrics: z.array(metric),
      notes: z.array(z.string()),
    }),
  ),
  onlyInA: z.array(name),
  onlyInB: z.array(name),
}) as unknown as z.ZodType<ComparisonDocument>;

/** The JSON schema (draft 2020-12) of the document, as text. */
export function comparisonDocumentJsonSchema(): string {
  const schema = z.toJSONSchema(comparisonDocumentSchema, { target: 'draft-2020-12' });
  return `${JSON.stringify({ $id: 'comparison-1.json', title: COMPARISON_DOCUMENT_SCHEMA, ...schema }, undefined, 2)}\n`;
}
