import { z } from 'zod';
import { parseJsonPath } from '../model/json-path.ts';
import { PLACEHOLDERS, placeholdersIn } from '../model/rest-template.ts';
import type { JsonValue } from '../model/units.ts';

/** A path into an answer, as `RestTemplate` has it. */
export const jsonPath: z.ZodString = z
  .string({ error: 'must be a text' })
  .refine((path) => parseJsonPath(path) !== undefined, {
    error: ({ input }) => `${String(input)} is no path; write it as choices[0].delta.content`,
  });

/** Complains of placeholders that stand for nothing, each where it is. */
export function checkPlaceholders(body: JsonValue, context: z.RefinementCtx): void {
  look(body, [], context);
}

function look(value: JsonValue, path: readonly (string | number)[], context: z.RefinementCtx): void {
  if (typeof value === 'string') {
    const unknown = placeholdersIn(value).find((name) => !PLACEHOLDERS.some((known) => known === name));
    if (unknown === undefined) return;
    const message = `{{${unknown}}} stands for nothing; there are {{${PLACEHOLDERS.join('}}, {{')}}}`;
    context.addIssue({ code: 'custom', path: [...path], message });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) look(item as JsonValue, [...path, index], context);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) look(member, [...path, name], context);
  }
}
