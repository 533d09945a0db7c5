import type { JsonValue } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import { asArray, asCount, asObject, type Fields } from '../json.ts';

/** Canonical counts: Bedrock leaves what its cache gave or took out of `inputTokens`, and has reasoning within `outputTokens`. */
export function toUsage(block: Fields): Usage | undefined {
  const uncached = asCount(block['inputTokens']);
  const cached = asCount(block['cacheReadInputTokens']);
  const written = asCount(block['cacheWriteInputTokens']);
  const outputTokens = asCount(block['outputTokens']);
  if (uncached === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens: uncached === undefined ? undefined : uncached + (cached ?? 0) + (written ?? 0),
    cachedInputTokens: cached,
    cacheWriteInputTokens: written,
    longCacheWriteInputTokens: writtenForAnHour(block['cacheDetails']),
    outputTokens,
    reasoningTokens: undefined,
    raw: block as JsonValue,
  };
}

/** The list holds what was written into the cache, by how long it is kept. */
function writtenForAnHour(details: unknown): number | undefined {
  const hours = asArray(details)
    .map((detail) => asObject(detail) ?? {})
    .filter(({ ttl }) => ttl === '1h');
  if (hours.length === 0) return undefined;
  return hours.reduce((sum, { inputTokens }) => sum + (asCount(inputTokens) ?? 0), 0);
}
