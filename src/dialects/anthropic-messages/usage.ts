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

/** Canonical counts: Anthropic leaves cached tokens out of `input_tokens`, and has thinking within `output_tokens`. */
export function toUsage(block: Fields): Usage {
  const uncached = asCount(block['input_tokens']);
  const written = asCount(block['cache_creation_input_tokens']) ?? 0;
  const cached = asCount(block['cache_read_input_tokens']);
  return {
    inputTokens: uncached === undefined ? undefined : uncached + written + (cached ?? 0),
    cachedInputTokens: cached,
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: outputOfIterations(block) ?? asCount(block['output_tokens']),
    reasoningTokens: asCount(asObject(block['output_tokens_details'])?.['thinking_tokens']),
    raw: block as JsonValue,
  };
}

/**
 * The top-level count leaves out what a compaction wrote; the list of iterations has it. Not so when a fallback model answered:
 * its iterations have a type of their own and are part of the top-level count. An advisor's tokens belong to another model.
 */
function outputOfIterations(block: Fields): number | undefined {
  const iterations = asArray(block['iterations']).map((iteration) => asObject(iteration) ?? {});
  if (iterations.some(({ type }) => type === 'fallback_message')) return undefined;
  const own = iterations.filter(({ type }) => type === 'message' || type === 'compaction');
  if (own.length === 0) return undefined;
  let sum = 0;
  for (const { output_tokens: tokens } of own) {
    const count = asCount(tokens);
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}
