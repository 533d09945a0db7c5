import type { Message } from '../model/message.ts';
import { createRandom, type Random } from '../random.ts';
import type { PromptSupply } from './source.ts';
import type { TextMaker } from './text-maker.ts';

export interface TierOptions {
  /** Tokens of filler, at least one tier. */
  readonly tiers: readonly number[];
  readonly maker: TextMaker;
  readonly seed: number;
  /** Undefined: a prompt has the same filler whenever it is sent. */
  readonly fresh: Random | undefined;
  /** Texts that were made begin with a word, so that filler before them costs not one token more. */
  readonly isMade: boolean;
}

/** Each prompt with each tier of filler before it, in turn, so that no tier has a time of day of its own. */
export function tieredSupply(base: PromptSupply, { tiers, maker, seed, fresh, isMade }: TierOptions): PromptSupply {
  return {
    count: base.count * tiers.length,
    draw(place, given) {
      const contextTokens = tiers[place % tiers.length] ?? 0;
      const random = given ?? fresh;
      // What stands before everything is new: the prompt itself need not be changed.
      const drawn = base.draw(Math.floor(place / tiers.length), contextTokens === 0 ? given : undefined);
      const { item, asked } = drawn;
      const filler =
        contextTokens === 0 ? '' : maker.write(contextTokens, random ?? createRandom(seed, `filler/${place}`));
      const tier = `${formatTier(contextTokens)} context`;
      return {
        ...drawn,
        item: {
          ...item,
          index: place,
          name: item.name === undefined ? tier : `${item.name}, ${tier}`,
          messages:
            filler === '' ? item.messages : withFiller(item.messages, `${filler.slice(1)}${isMade ? ' ' : '\n\n'}`),
        },
        asked: {
          ...asked,
          contextTokens,
          inputTokens: asked.inputTokens === undefined ? undefined : asked.inputTokens + contextTokens,
        },
      };
    },
  };
}

/** `0`, `1k`, `1500`. */
export function formatTier(tokens: number): string {
  return tokens >= 1_000 && tokens % 1_000 === 0 ? `${tokens / 1_000}k` : String(tokens);
}

/** Into the first message, whosever it is: a second system message is refused by some providers. */
function withFiller([first, ...rest]: readonly Message[], filler: string): readonly Message[] {
  return first === undefined ? rest : [{ ...first, content: `${filler}${first.content}` }, ...rest];
}
