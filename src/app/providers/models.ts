import { AppError } from '../../errors.ts';
import type { Price } from '../../model/price.ts';
import type { DialectId } from '../../model/target.ts';
import { openPriceBook, type PriceBook } from '../../providers/price-book.ts';
import type { ModelFacts } from '../../providers/price-query.ts';
import { findFacts, knownOf, openCatalogOf } from '../address/knowledge.ts';
import { type ReachContext, reach } from '../address/reach.ts';
import { NOTHING_SAID, type Surroundings, type TargetOptions } from '../address/target-options.ts';
import { type Wish, wishesFor } from '../address/wishes.ts';
import { findProvider, loadProviders, type RegistryPlace } from './load.ts';

/** A configured model with what is known of it, from the user first and then from lists. Undefined: nobody says. */
export interface KnownModel {
  /** As the file names it. */
  readonly model: string;
  readonly label: string | undefined;
  /** As it is sent; undefined when it cannot be resolved. */
  readonly sentAs: string | undefined;
  readonly url: string | undefined;
  readonly dialect: DialectId | undefined;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly price: Price | undefined;
  /** Why it cannot be resolved, with what to do. */
  readonly problem: string | undefined;
}

export interface ModelsInput extends RegistryPlace {
  readonly name: string;
  /** Price and capability files that the user brings, best first. */
  readonly catalogs: readonly string[];
}

/** The models of a configured provider. Sends nothing and needs no key. Rejects with what `loadProviders` and `findProvider` throw. */
export async function describeModels(
  { name, catalogs, ...place }: ModelsInput,
  surroundings: Pick<Surroundings, 'environment'>,
): Promise<readonly KnownModel[]> {
  const found = await loadProviders(place);
  const wishes = wishesFor(findProvider(found, name), { defaults: found.defaults, key: undefined });
  const options: TargetOptions = { ...NOTHING_SAID, catalogs };
  const context = { options, catalog: await openCatalogOf(options), environment: surroundings.environment };
  const prices = await openPriceBook(catalogs);
  return wishes.map((wish) => describeModel(wish, context, prices));
}

/** A model that lacks something is still known by its name. */
function describeModel(wish: Wish, context: ReachContext, prices: PriceBook): KnownModel {
  const { model, label } = wish.entry;
  const nowhere = { sentAs: undefined, url: undefined, dialect: undefined };
  try {
    const reached = reach(wish, context);
    const { model: sentAs, url, dialect } = reached;
    return {
      model,
      label,
      sentAs,
      url,
      dialect,
      ...knownOf(wish, findFacts(reached, prices), context.options),
      problem: undefined,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const facts = factsAnyhow(wish, context, prices);
    return {
      model,
      label,
      ...nowhere,
      ...knownOf(wish, facts, context.options),
      problem: `${error.message}; ${error.hint}`,
    };
  }
}

function factsAnyhow(wish: Wish, context: ReachContext, prices: PriceBook): ModelFacts {
  try {
    return findFacts(reach(wish, { ...context, isOnlyTold: true }), prices);
  } catch (error) {
    if (error instanceof AppError) return NOTHING_KNOWN;
    throw error;
  }
}

const NOTHING_KNOWN: ModelFacts = {
  price: undefined,
  contextWindow: undefined,
  maxOutputTokens: undefined,
  capabilities: undefined,
};
