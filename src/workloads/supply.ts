import type { PromptRecipe, WorkloadItems } from '../model/recipe.ts';
import type { CacheMode, DrawnPrompt } from '../model/workload.ts';
import { createRandom, freshSeed } from '../random.ts';
import { listedSupply, supplyOf } from './listed.ts';
import type { PromptSupply } from './source.ts';
import { syntheticSupply } from './synthetic.ts';
import { createTextMaker, type TextMaker } from './text-maker.ts';
import { tieredSupply } from './tiered.ts';
import { tracedSupply } from './traced.ts';

/** The prompts of one target. */
export function openPrompts(items: WorkloadItems, targetIndex: number): PromptSupply {
  if (!isRecipe(items)) return supplyOf(items);
  const maker = makerOf(items, targetIndex);
  const base = baseSupply(items, maker);
  const tiers = items.tiers[targetIndex] ?? [];
  if (tiers.length === 0) return base;
  return tieredSupply(base, {
    tiers,
    maker: maker(),
    seed: items.seed,
    // Filler is new in every call, whatever the rest is.
    fresh: items.isRepeatable ? undefined : createRandom(freshSeed(), 'filler'),
    isMade: items.prompts.kind !== 'listed',
  });
}

/** The first prompts of a target, as many as there are up to `most`. */
export function sampleOf(items: WorkloadItems, targetIndex: number, most: number): readonly DrawnPrompt[] {
  const supply = openPrompts(items, targetIndex);
  return Array.from({ length: Math.min(most, supply.count) }, (_, place) => supply.draw(place, undefined));
}

/**
 * The same prompts for another run: with a cold cache, texts that requests share are new in each run, also where one plan is run several times.
 * All threads of a run need the same ones, so this is done before they start.
 */
export function freshened(items: WorkloadItems, cache: CacheMode): WorkloadItems {
  return isRecipe(items) && cache === 'cold' ? { ...items, salt: freshSeed() } : items;
}

function isRecipe(items: WorkloadItems): items is PromptRecipe {
  return 'prompts' in items;
}

function baseSupply(recipe: PromptRecipe, maker: () => TextMaker): PromptSupply {
  const { prompts } = recipe;
  if (prompts.kind === 'synthetic') return syntheticSupply(prompts, recipe, maker());
  return prompts.kind === 'trace' ? tracedSupply(prompts, recipe, maker()) : listedSupply(prompts);
}

function makerOf({ pools, poolOf }: PromptRecipe, targetIndex: number): () => TextMaker {
  let made: TextMaker | undefined;
  return () => {
    const pool = pools[poolOf[targetIndex] ?? 0];
    if (pool === undefined) throw new Error('no words to make texts from');
    made ??= createTextMaker(pool);
    return made;
  };
}
