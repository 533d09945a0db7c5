import type { DrawnPrompt } from '../model/workload.ts';
import type { Random } from '../random.ts';
import type { PromptSupply } from '../workloads/source.ts';

/** Hands out prompts one after the other, for ever. */
export type PromptSource = () => DrawnPrompt;

/**
 * In the order of their supply, from the start again after the last. `fresh` undefined: prompts are sent as they are. `placeOf`: which
 * request of the run a shard's n-th one is.
 */
export function createCyclingSource(
  supply: PromptSupply,
  fresh: Random | undefined,
  placeOf: (request: number) => number = (request) => request,
): PromptSource {
  let next = 0;
  return () => {
    const place = placeOf(next++);
    const drawn = supply.draw(place % supply.count, fresh);
    if (drawn.asked.turns === undefined) return drawn;
    return { ...drawn, asked: { ...drawn.asked, conversation: place + 1, turn: 1 } };
  };
}

/** Of a supply without end, the warm-up has its own part: all that a run can ever reach lies before it. */
const ENDLESS_PLACES = 2 ** 30;

/**
 * By chance: for warm-up, so that it does not prepare the server for just the first prompts that are measured. Conversations end after
 * their first turn.
 */
export function createShuffledSource(supply: PromptSupply, random: Random, fresh: Random | undefined): PromptSource {
  const isEndless = supply.count === Number.POSITIVE_INFINITY;
  const places = isEndless ? ENDLESS_PLACES : supply.count;
  return () => firstTurnOf(supply.draw((isEndless ? places : 0) + Math.floor(random.next() * places), fresh));
}

/** The very prompts that are measured, in their order, and of conversations the first turn. */
export function createRehearsingSource(supply: PromptSupply, placeOf: (request: number) => number): PromptSource {
  let next = 0;
  return () => firstTurnOf(supply.draw(placeOf(next++) % supply.count, undefined));
}

function firstTurnOf(drawn: DrawnPrompt): DrawnPrompt {
  return {
    ...drawn,
    asked: drawn.asked.turns === undefined ? drawn.asked : { ...drawn.asked, turns: undefined },
    laterTurns: [],
  };
}
