import type { JsonValue } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import { asArray, asCount, asObject, type Fields } from '../json.ts';

/** Puts together the usage of one answer, which comes in pieces. */
export interface UsageReader {
  /**
   * Takes one block; undefined when that says nothing. `isTotal`: its output count is the answer's, not the first estimate that
   * `message_start` carries.
   */
  read(block: unknown, isTotal: boolean): Usage | undefined;
}

/** Counts are cumulative: of each field the last that is not null stands. `raw` holds these fields as they were sent. */
export function createUsageReader(): UsageReader {
  let known: Fields = {};
  let hasTotal = false;
  return {
    read(block, isTotal) {
      const fields = asObject(block);
      if (fields === undefined) return undefined;
      known = { ...known, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) };
      if (isTotal && asCount(fields['output_tokens']) !== undefined) hasTotal = true;
      const usage = toUsage(known);
      const told = hasTotal ? usage : { ...usage, outputTokens: undefined, reasoningTokens: undefined };
      return told.inputTokens === undefined && told.outputTokens === undefined ? undefined : told;
    },
  };
}

/**
 * Canonical counts: Anthropic leaves what was read from a cache or written to one out of `input_tokens`, and has thinking within
 * `output_tokens`.
 */
export function toUsage(block: Fields): Usage {
  const iterations = ownIterations(block);
  /** A field over all iterations, when each has a number there; else that at the top. */
  const count = (read: (fields: Fields) => number | undefined): number | undefined =>
    sumOf(iterations.map(read)) ?? read(block);
  return {
    inputTokens: count(inputOf),
    cachedInputTokens: count((fields) => asCount(fields['cache_read_input_tokens'])),
    cacheWriteInputTokens: count((fields) => asCount(fields['cache_creation_input_tokens'])),
    longCacheWriteInputTokens: count(longWritesOf),
    outputTokens: count((fields) => asCount(fields['output_tokens'])),
    reasoningTokens: asCount(asObject(block['output_tokens_details'])?.['thinking_tokens']),
    raw: block as JsonValue,
  };
}

function inputOf(fields: Fields): number | undefined {
  const uncached = asCount(fields['input_tokens']);
  if (uncached === undefined) return undefined;
  const cached = asCount(fields['cache_read_input_tokens']) ?? 0;
  return uncached + cached + (asCount(fields['cache_creation_input_tokens']) ?? 0);
}

function longWritesOf(fields: Fields): number | undefined {
  return asCount(asObject(fields['cache_creation'])?.['ephemeral_1h_input_tokens']);
}

/**
 * The top-level counts leave out what a compaction read and wrote, though it is charged; the list of iterations has it. Not so when
 * a fallback model answered: its iterations have a type of their own, and the top is theirs. An advisor's tokens belong to another
 * model.
 */
function ownIterations(block: Fields): readonly Fields[] {
  const iterations = asArray(block['iterations']).map((iteration) => asObject(iteration) ?? {});
  if (iterations.some(({ type }) => type === 'fallback_message')) return [];
  return iterations.filter(({ type }) => type === 'message' || type === 'compaction');
}

/** Undefined for nothing, and when a number is missing: half a sum is no count. */
function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  if (counts.length === 0) return undefined;
  let sum = 0;
  for (const count of counts) {
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}
