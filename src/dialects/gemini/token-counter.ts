import type { StreamPart } from '../../model/stream-part.ts';
import { asCount, asObject, type Fields } from '../json.ts';

export interface TokenCounter {
  /** Adds how many tokens the parts of one chunk are, where that can be known. */
  read(chunk: Fields, parts: StreamPart[]): void;
}

/**
 * Tokens of a chunk by the growth of its running totals, which newer models send in every chunk. Thoughts count only with a chunk
 * that shows some (a summary stands for the real ones): those behind a first chunk of the answer were never sent.
 */
export function createTokenCounter(): TokenCounter {
  const growthOfThoughts = createGrowth();
  const growthOfAnswer = createGrowth();
  return {
    read(chunk, parts) {
      const totals = asObject(chunk['usageMetadata']);
      const growths: (number | undefined)[] = [];
      if (parts.some(({ type }) => type === 'reasoning'))
        growths.push(growthOfThoughts(totals?.['thoughtsTokenCount']));
      if (parts.some(({ type }) => ANSWER.has(type))) growths.push(growthOfAnswer(totals?.['candidatesTokenCount']));
      if (growths.length === 0 || growths.includes(undefined)) return;
      parts.push({ type: 'token-count', tokens: growths.reduce<number>((sum, growth) => sum + (growth ?? 0), 0) });
    },
  };
}

/**
 * How much a total has grown with this chunk. After a chunk that brought none (older models count only in their last chunk), the
 * next growth belongs to several chunks and is not told.
 */
function createGrowth(): (total: unknown) => number | undefined {
  let counted = 0;
  let isShared = false;
  return (value) => {
    const total = asCount(value) ?? counted;
    const growth = total - counted;
    const wasShared = isShared;
    counted = total;
    isShared = growth <= 0;
    return isShared || wasShared ? undefined : growth;
  };
}

const ANSWER: ReadonlySet<StreamPart['type']> = new Set(['content', 'tool-name', 'tool-arguments']);
