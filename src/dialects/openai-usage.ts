import type { JsonValue } from '../model/units.ts';
import type { Usage } from '../model/usage.ts';
import { asArray, asCount, asObject, type Fields } from './json.ts';

/**
 * Finds the usage block of a chunk: at the top (nearly all), under `x_groq`, or within the choice (Moonshot).
 * Undefined when there is none, or an empty one.
 */
export function findUsage(chunk: Fields): Usage | undefined {
  const choice = asObject(asArray(chunk['choices'])[0]);
  const block =
    asObject(chunk['usage']) ?? asObject(asObject(chunk['x_groq'])?.['usage']) ?? asObject(choice?.['usage']);
  if (block === undefined) return undefined;
  const usage = toUsage(block);
  return usage.inputTokens === undefined && usage.outputTokens === undefined ? undefined : usage;
}

/** Canonical counts: cached tokens inside input, reasoning inside output, whatever the server's own arithmetic. */
export function toUsage(block: Fields): Usage {
  const promptDetails = asObject(block['prompt_tokens_details']);
  const completionDetails = asObject(block['completion_tokens_details']);
  const prompt = asCount(block['prompt_tokens']);
  const completion = asCount(block['completion_tokens']);
  // DeepSeek and Moonshot count cache hits beside; Azure's DeepSeek puts reasoning at the top.
  const cached =
    asCount(promptDetails?.['cached_tokens']) ??
    asCount(block['prompt_cache_hit_tokens']) ??
    asCount(block['cached_tokens']);
  const reasoning = asCount(completionDetails?.['reasoning_tokens']) ?? asCount(block['reasoning_tokens']);
  return toCanonical({ prompt, cached, completion, reasoning, total: asCount(block['total_tokens']) }, block);
}

/** Counts as a server gives them, whatever it calls them. */
export interface Counts {
  readonly prompt: number | undefined;
  readonly cached: number | undefined;
  readonly completion: number | undefined;
  readonly reasoning: number | undefined;
  readonly total: number | undefined;
}

/** The same with the arithmetic made good that leaves something out. */
export function toCanonical(counts: Counts, block: Fields): Usage {
  const { prompt, cached, completion, reasoning } = counts;
  return {
    // xAI's prompt count can leave out what was cached.
    inputTokens: prompt !== undefined && cached !== undefined && cached > prompt ? prompt + cached : prompt,
    cachedInputTokens: cached,
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: isReasoningApart(counts) ? (completion ?? 0) + (reasoning ?? 0) : completion,
    reasoningTokens: reasoning,
    // A part of a parsed JSON text.
    raw: block as JsonValue,
  };
}

/** xAI leaves reasoning out of completion_tokens; the block's own total shows it. */
function isReasoningApart({ prompt, completion, reasoning, total }: Counts): boolean {
  if (prompt === undefined || completion === undefined || reasoning === undefined || total === undefined) return false;
  return reasoning > 0 && total === prompt + completion + reasoning;
}
