import { asArray, asObject, type Fields } from './json.ts';

/** Follows how many tokens the chunks of one answer carry. */
export interface TokenCounter {
  /** The tokens of this chunk where they can be known, and it carries output; else undefined. */
  read(chunk: Fields, carriesOutput: boolean, outputTokens: number | undefined): number | undefined;
}

/**
 * By token ids (vLLM `return_token_ids`), or by the growth of a usage block that stands in every chunk (Perplexity, vLLM
 * `continuous_usage_stats`). A block that first comes after text has come is a total, not growth. Tokens whose text is held back
 * (half a character) count with the text that they lead to.
 */
export function createTokenCounter(): TokenCounter {
  let counted = 0;
  let heldIds = 0;
  let isContinuous = true;
  return {
    read(chunk, carriesOutput, outputTokens) {
      for (const choice of asArray(chunk['choices'])) heldIds += asArray(asObject(choice)?.['token_ids']).length;
      if (!carriesOutput) return undefined;
      if (outputTokens === undefined) isContinuous = false;
      const ids = heldIds;
      heldIds = 0;
      if (ids > 0) return ids;
      if (!isContinuous || outputTokens === undefined || outputTokens <= counted) return undefined;
      const grown = outputTokens - counted;
      counted = outputTokens;
      return grown;
    },
  };
}
