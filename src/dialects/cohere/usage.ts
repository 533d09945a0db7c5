import type { JsonValue } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import { asCount, asObject } from '../json.ts';

/**
 * Canonical counts, from `tokens`: all that was read and written. `billed_units` counts what is charged, which is less, and stays in
 * `raw`. Cached tokens are part of input, thinking and tool plans of output; they are not itemised. Undefined without a block.
 */
export function findUsage(value: unknown): Usage | undefined {
  const block = asObject(value);
  if (block === undefined) return undefined;
  const tokens = asObject(block['tokens']);
  return {
    inputTokens: asCount(tokens?.['input_tokens']),
    cachedInputTokens: asCount(block['cached_tokens']),
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: asCount(tokens?.['output_tokens']),
    reasoningTokens: undefined,
    raw: block as JsonValue,
  };
}
