import type { Usage } from '../../model/usage.ts';
import { asCount, asObject, type Fields } from '../json.ts';
import { toCanonical } from '../openai-usage.ts';

/** The usage block of a response; undefined when there is none, or an empty one. Comes with the last event, and whole. */
export function findUsage(response: Fields): Usage | undefined {
  const block = asObject(response['usage']);
  if (block === undefined) return undefined;
  const usage = toCanonical(
    {
      prompt: asCount(block['input_tokens']),
      cached: asCount(asObject(block['input_tokens_details'])?.['cached_tokens']),
      completion: asCount(block['output_tokens']),
      reasoning: asCount(asObject(block['output_tokens_details'])?.['reasoning_tokens']),
      total: asCount(block['total_tokens']),
    },
    block,
  );
  return usage.inputTokens === undefined && usage.outputTokens === undefined ? undefined : usage;
}
