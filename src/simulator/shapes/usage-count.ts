import type { SentTokens } from '../answer-tokens.ts';
import type { Answer, UsageCount } from './shape.ts';

/** The usage after so many tokens; hidden reasoning counts from the start. */
export function countUsage({ plan, asked }: Answer, sent: SentTokens): UsageCount {
  const { options, hiddenTokens } = plan;
  const inputTokens = options.inputTokens ?? asked.inputTokens;
  const cachedTokens = Math.min(inputTokens, options.cachedTokens);
  return {
    inputTokens,
    cachedTokens,
    cacheWriteTokens: Math.min(inputTokens - cachedTokens, options.cacheWriteTokens),
    outputTokens: sent.output + hiddenTokens,
    reasoningTokens: sent.reasoning + hiddenTokens,
  };
}
