import type { JsonValue } from '../model/units.ts';
import type { Usage } from '../model/usage.ts';
import { asArray, asCount, asObject, asText, type Fields } from './json.ts';

/** The usage of a chunk; undefined when there is none, or an empty one. */
export function findUsage(chunk: Fields): Usage | undefined {
  const block = findUsageBlock(chunk);
  if (block === undefined) return undefined;
  const usage = toUsage(block, asText(chunk['model']));
  if (usage.inputTokens === undefined && usage.outputTokens === undefined) return undefined;
  // llama.cpp says in its timings how much of the prompt came from the cache.
  const cached = usage.cachedInputTokens ?? asCount(asObject(chunk['timings'])?.['cache_n']);
  return { ...usage, cachedInputTokens: cached };
}

/** Stands at the top (nearly all), under `x_groq`, or within the choice (Moonshot). */
export function findUsageBlock(chunk: Fields): Fields | undefined {
  const choice = asObject(asArray(chunk['choices'])[0]);
  return asObject(chunk['usage']) ?? asObject(asObject(chunk['x_groq'])?.['usage']) ?? asObject(choice?.['usage']);
}

/** Canonical counts: cached tokens inside input, reasoning inside output, whatever the server's own arithmetic. */
export function toUsage(block: Fields, model?: string): Usage {
  const promptDetails = asObject(block['prompt_tokens_details']);
  const completionDetails = asObject(block['completion_tokens_details']);
  const prompt = asCount(block['prompt_tokens']);
  const completion = asCount(block['completion_tokens']);
  const total = asCount(block['total_tokens']);
  // DeepSeek and Moonshot count cache hits beside, older LiteLLM too; Azure's DeepSeek puts reasoning at the top.
  const cached =
    asCount(promptDetails?.['cached_tokens']) ??
    asCount(block['prompt_cache_hit_tokens']) ??
    asCount(block['cached_tokens']) ??
    asCount(block['cache_read_input_tokens']);
  const reasoning =
    asCount(completionDetails?.['reasoning_tokens']) ??
    asCount(block['reasoning_tokens']) ??
    (model?.includes('gemini') ? restOf(total, prompt, completion) : undefined);
  return toCanonical({ prompt, cached, ...cacheWrites(block, promptDetails), completion, reasoning, total }, block);
}

/** Google's route of OpenAI's shape tells Gemini's thoughts in the total alone. Undefined when nothing is left. */
function restOf(total?: number, prompt?: number, completion?: number): number | undefined {
  const rest = (total ?? 0) - (prompt ?? 0) - (completion ?? 0);
  return prompt === undefined || rest <= 0 ? undefined : rest;
}

/** OpenAI's and OpenRouter's name, then LiteLLM's and DashScope's, and Anthropic's own, which LiteLLM passes on at the top. */
function cacheWrites(block: Fields, details: Fields | undefined): Pick<Counts, 'written' | 'writtenForLong'> {
  return {
    written:
      asCount(details?.['cache_write_tokens']) ??
      asCount(details?.['cache_creation_tokens']) ??
      asCount(details?.['cache_creation_input_tokens']) ??
      asCount(block['cache_creation_input_tokens']),
    writtenForLong: asCount(asObject(details?.['cache_creation_token_details'])?.['ephemeral_1h_input_tokens']),
  };
}

/** Counts as a server gives them, whatever it calls them. */
export interface Counts {
  readonly prompt: number | undefined;
  readonly cached: number | undefined;
  /** Into a cache. */
  readonly written: number | undefined;
  readonly writtenForLong: number | undefined;
  readonly completion: number | undefined;
  readonly reasoning: number | undefined;
  readonly total: number | undefined;
}

/** The same with the arithmetic made good that leaves something out. */
export function toCanonical(counts: Counts, block: Fields): Usage {
  const { prompt, cached, written, writtenForLong, completion, reasoning } = counts;
  return {
    // xAI's prompt count can leave out what was cached.
    inputTokens: prompt !== undefined && cached !== undefined && cached > prompt ? prompt + cached : prompt,
    cachedInputTokens: cached,
    cacheWriteInputTokens: written,
    longCacheWriteInputTokens: writtenForLong,
    outputTokens: isReasoningApart(counts) ? (completion ?? 0) + (reasoning ?? 0) : completion,
    reasoningTokens: reasoning,
    // A part of a parsed JSON text.
    raw: block as JsonValue,
  };
}

/** xAI leaves reasoning out of completion_tokens: the block's own total shows it, else that more was reasoned than written. */
function isReasoningApart({ prompt, completion, reasoning, total }: Counts): boolean {
  if (completion === undefined || reasoning === undefined || reasoning === 0) return false;
  const sum = prompt === undefined ? undefined : prompt + completion;
  if (sum !== undefined && total === sum + reasoning) return true;
  // OpenRouter has been seen to count a token more of reasoning than of completion.
  return reasoning > completion && (sum === undefined || total !== sum);
}
