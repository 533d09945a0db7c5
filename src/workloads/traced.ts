import type { PromptRecipe, TracedPrompts } from '../model/recipe.ts';
import { NOTHING_ASKED } from '../model/workload.ts';
import { createRandom, type Random } from '../random.ts';
import type { PromptSupply } from './source.ts';
import type { TextMaker } from './text-maker.ts';

/** Texts as long as those of a trace, which begin alike where those did. */
export function tracedSupply(trace: TracedPrompts, { seed, salt }: PromptRecipe, maker: TextMaker): PromptSupply {
  const textOf = (place: number, random: Random): string => {
    let left = trace.inputTokens[place] ?? 0;
    const parts: string[] = [];
    const end = trace.blockEnds[place] ?? 0;
    for (let block = place === 0 ? 0 : (trace.blockEnds[place - 1] ?? 0); block < end && left > 0; block++) {
      const tokens = Math.min(left, trace.blockTokens);
      // A last block that is not full has an id of its own, so that its text is nobody else's.
      parts.push(maker.writeOpen(tokens, createRandom(salt, `block/${trace.blocks[block]}`)));
      left -= tokens;
    }
    if (left > 0) parts.push(maker.write(left, random));
    return parts.join('').slice(1);
  };
  return {
    count: trace.arrivesAtMs.length,
    arrivesAtMs: trace.arrivesAtMs,
    draw(place, fresh) {
      const given = trace.texts[place];
      const outputTokens = trace.outputTokens[place] || undefined;
      return {
        item: {
          index: place,
          name: undefined,
          messages: [{ role: 'user', content: given ?? textOf(place, fresh ?? createRandom(seed, `text/${place}`)) }],
          maxTokens: outputTokens,
          tools: undefined,
          toolChoice: undefined,
        },
        asked: {
          ...NOTHING_ASKED,
          inputTokens: given === undefined ? trace.inputTokens[place] : undefined,
          outputTokens,
        },
        laterTurns: [],
      };
    },
  };
}
