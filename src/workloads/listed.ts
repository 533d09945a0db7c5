import type { Message } from '../model/message.ts';
import type { ListedPrompts } from '../model/recipe.ts';
import { NOTHING_ASKED, type WorkloadItem } from '../model/workload.ts';
import type { Random } from '../random.ts';
import type { PromptSupply } from './source.ts';

/** Prompts that were given as they are. */
export function supplyOf(items: readonly WorkloadItem[]): PromptSupply {
  return {
    count: items.length,
    draw(place, fresh) {
      const item = items[place];
      if (item === undefined) throw new Error(`no prompt ${place} of ${items.length}`);
      return {
        item: fresh === undefined ? item : { ...item, messages: withMark(item.messages, fresh) },
        asked: NOTHING_ASKED,
        laterTurns: [],
      };
    },
  };
}

/** Prompt caches match from the first character on, so the unique part comes before everything. */
export function withMark([first, ...rest]: readonly Message[], fresh: Random): readonly Message[] {
  if (first === undefined) return rest;
  const mark = [fresh.next(), fresh.next()].map((share) =>
    Math.floor(share * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  );
  return [{ ...first, content: `[${mark.join('')}] ${first.content}` }, ...rest];
}

/** Prompts that were given, with what is known of their lengths and of what follows. */
export function listedSupply({ prompts, isConversation }: ListedPrompts): PromptSupply {
  const bare = supplyOf(prompts.map(({ item }) => item));
  return {
    count: bare.count,
    draw(place, fresh) {
      const drawn = bare.draw(place, fresh);
      const { inputTokens, laterTurns = [] } = prompts[place] ?? {};
      const outputTokens = drawn.item.maxTokens;
      const turns = isConversation ? laterTurns.length + 1 : undefined;
      const isKnown = inputTokens !== undefined || outputTokens !== undefined || isConversation;
      const asked = isKnown ? { ...NOTHING_ASKED, inputTokens, outputTokens, turns } : NOTHING_ASKED;
      return { ...drawn, laterTurns, asked };
    },
  };
}
