import type { JsonValue } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import { asCount, asObject, type Fields } from '../json.ts';

/**
 * The running totals of a chunk, in canonical meaning: Gemini counts thoughts beside the answer, and the results of its own tools
 * beside the prompt; cached tokens are part of the prompt. Undefined when there are no counts (Vertex AI's chunks that hold only
 * a `trafficType`). https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function findUsage(chunk: Fields): Usage | undefined {
  const block = asObject(chunk['usageMetadata']);
  if (block === undefined) return undefined;
  const thoughts = asCount(block['thoughtsTokenCount']);
  const inputTokens = sum(asCount(block['promptTokenCount']), asCount(block['toolUsePromptTokenCount']));
  const outputTokens = sum(asCount(block['candidatesTokenCount']), thoughts);
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return {
    inputTokens,
    cachedInputTokens: asCount(block['cachedContentTokenCount']),
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens,
    reasoningTokens: thoughts,
    raw: block as JsonValue,
  };
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : one + (other ?? 0);
}
