import type { Message } from '../model/message.ts';
import type { WorkloadItem } from '../model/workload.ts';
import type { Random } from '../random.ts';

/** A prompt as it is sent. */
export interface DrawnPrompt {
  readonly item: WorkloadItem;
  readonly messages: readonly Message[];
}

/** Hands out prompts one after the other, for ever. */
export type PromptSource = () => DrawnPrompt;

/**
 * In the order of their source, from the start again after the last. `nonce` undefined: prompts are sent as they are. `placeOf`: which
 * request of the run a shard's n-th one is.
 */
export function createCyclingSource(
  items: readonly WorkloadItem[],
  nonce: Random | undefined,
  placeOf: (request: number) => number = (request) => request,
): PromptSource {
  let next = 0;
  return () => draw(items, placeOf(next++) % items.length, nonce);
}

/** By chance: for warm-up, so that it does not prepare the server for just the first prompts that are measured. */
export function createShuffledSource(
  items: readonly WorkloadItem[],
  random: Random,
  nonce: Random | undefined,
): PromptSource {
  return () => draw(items, Math.floor(random.next() * items.length), nonce);
}

function draw(items: readonly WorkloadItem[], place: number, nonce: Random | undefined): DrawnPrompt {
  const item = items[place];
  if (item === undefined) throw new Error(`no prompt ${place} of ${items.length}`);
  return { item, messages: nonce === undefined ? item.messages : withPrefix(item.messages, nonce) };
}

/** Prompt caches match from the first character on, so the unique part comes before everything. */
function withPrefix([first, ...rest]: readonly Message[], nonce: Random): readonly Message[] {
  if (first === undefined) return rest;
  const mark = [nonce.next(), nonce.next()].map((share) =>
    Math.floor(share * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  );
  return [{ ...first, content: `[${mark.join('')}] ${first.content}` }, ...rest];
}
