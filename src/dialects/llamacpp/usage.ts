import type { JsonObject } from '../../model/units.ts';
import type { Usage } from '../../model/usage.ts';
import { asCount, type Fields } from '../json.ts';

/**
 * Canonical counts from the last event. `tokens_evaluated` is the whole prompt, cached tokens included, and `timings.prompt_n`
 * what of it was computed. `tokens_cached` is NOT what came from the cache, whatever its name: it is how many tokens stand in the
 * slot at the end, prompt and answer together.
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/server-task.cpp (`n_prompt_tokens`, `n_tokens_cached`, `timings`)
 */
export function toUsage(event: Fields, timings: Fields | undefined): Usage {
  const computed = asCount(timings?.['prompt_n']);
  const fromCache = asCount(timings?.['cache_n']);
  const input = asCount(event['tokens_evaluated']) ?? sum(computed, fromCache);
  return {
    inputTokens: input,
    cachedInputTokens: fromCache ?? asCount(sum(input, computed === undefined ? undefined : -computed)),
    cacheWriteInputTokens: undefined,
    longCacheWriteInputTokens: undefined,
    outputTokens: asCount(event['tokens_predicted']) ?? asCount(timings?.['predicted_n']),
    // A bare completion does not tell thinking from the rest.
    reasoningTokens: undefined,
    raw: Object.fromEntries(
      RAW_FIELDS.filter((name) => name in event).map((name) => [name, event[name]]),
    ) as JsonObject,
  };
}

/** Undefined when either is: half a sum is no count. */
function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b;
}

/** Without the prompt and the settings, which the last event repeats in full. */
const RAW_FIELDS: readonly string[] = ['tokens_evaluated', 'tokens_predicted', 'tokens_cached', 'truncated', 'timings'];
