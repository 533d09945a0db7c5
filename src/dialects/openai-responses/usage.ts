import type { Usage } from '../../model/usage.ts';
import { asCount, asObject, type Fields } from '../json.ts';
import { toCanonical } from '../openai-usage.ts';

/** The usage block of a response; undefined when there is none, or an empty one. Comes with the last event, and whole. */
export function findUsage(response: Fields): Usage | undefined {
  const block = asObject(response['usage']);
  if (block === undefined) return undefined;
  const details = asObject(block['input_tokens_details']);
  const usage = toCanonical(
    {
      prompt: asCount(block['input_tokens']),
      cached: asCount(details?.['cached_tokens']),
      written: asCount(details?.['cache_write_tokens']),
      // OpenAI's lifetimes are other ones than the hour that this means; they stay in `raw`.
      writtenForLong: undefined,
      completion: asCount(block['output_tokens']),
      reasoning: asCount(asObject(block['output_tokens_details'])?.['reasoning_tokens']),
      total: asCount(block['total_tokens']),
    },
    block,
  );
  return usage.inputTokens === undefined && usage.outputTokens === undefined ? undefined : usage;
}
