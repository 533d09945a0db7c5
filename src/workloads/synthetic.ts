import type { PromptRecipe, SyntheticPrompts } from '../model/recipe.ts';
import { type DrawnPrompt, NOTHING_ASKED, type Turn } from '../model/workload.ts';
import { createRandom, type Random } from '../random.ts';
import { drawLength } from './lengths.ts';
import type { PromptSupply } from './source.ts';
import type { TextMaker } from './text-maker.ts';

/** Texts made up to lengths that the seed draws: the same for every target and every run of this seed. */
export function syntheticSupply(prompts: SyntheticPrompts, recipe: PromptRecipe, maker: TextMaker): PromptSupply {
  const { seed, salt } = recipe;
  const shared = prompts.prefix;

  /** What this prompt has in common with others; one of the shared texts, as far as it reaches. */
  const prefixOf = (tokens: number, lengths: Random): { readonly text: string; readonly tokens: number } => {
    if (shared === undefined) return { text: '', tokens: 0 };
    const which = Math.floor(lengths.next() * shared.count);
    const own = Math.round(tokens * shared.ratio);
    return own === 0
      ? { text: '', tokens: 0 }
      : { text: maker.writeOpen(own, createRandom(salt, `prefix/${which}`)), tokens: own };
  };

  const textOf = (
    tokens: number,
    prefix: { readonly text: string; readonly tokens: number },
    random: Random,
  ): string => {
    const rest = tokens - prefix.tokens;
    return `${prefix.text}${rest > 0 ? maker.write(rest, random) : ''}`.slice(1);
  };

  return {
    count: prompts.prompts ?? Number.POSITIVE_INFINITY,
    draw(place, fresh) {
      const lengths = createRandom(seed, `lengths/${place}`);
      const random = fresh ?? createRandom(seed, `text/${place}`);
      const inputTokens = drawLength(prompts.input, lengths);
      const outputTokens = prompts.output === undefined ? undefined : drawLength(prompts.output, lengths);
      const content = textOf(inputTokens, prefixOf(inputTokens, lengths), random);
      const turns = prompts.turns === undefined ? 1 : drawLength(prompts.turns, lengths);
      return {
        item: {
          index: place,
          name: undefined,
          messages: [{ role: 'user', content }],
          maxTokens: outputTokens,
          tools: undefined,
          toolChoice: undefined,
        },
        asked: { ...NOTHING_ASKED, inputTokens, outputTokens, turns: prompts.turns === undefined ? undefined : turns },
        laterTurns: laterTurns(turns - 1, lengths, random),
      };
    },
  };

  function laterTurns(count: number, lengths: Random, random: Random): DrawnPrompt['laterTurns'] {
    const turns: Turn[] = [];
    for (let turn = 0; turn < count; turn++) {
      const inputTokens = drawLength(prompts.input, lengths);
      const maxTokens = prompts.output === undefined ? undefined : drawLength(prompts.output, lengths);
      turns.push({ content: maker.write(inputTokens, random).slice(1), maxTokens, inputTokens });
    }
    return turns;
  }
}
