import { z } from 'zod';
import type { ImportedDocument } from './run-document.ts';

/** Whose result a run is, and their figures under their names. */
export const importedSchema: z.ZodType<ImportedDocument> = z.strictObject({
  tool: z.string(),
  toolVersion: z.string().nullable(),
  file: z.string(),
  importedAt: z.iso.datetime(),
  figures: z.array(
    z.strictObject({
      name: z.string().describe('As their file calls it.'),
      unit: z.string().nullable(),
      statistics: z.record(z.string(), z.number()),
      sameAs: z.string().nullable().describe('Our metric that means exactly the same; null: none does.'),
    }),
  ),
  facts: z.array(z.strictObject({ name: z.string(), value: z.string() })),
});
