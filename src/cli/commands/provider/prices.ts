import { addressTargets } from '../../../app/address/address-targets.ts';
import { renderPrices } from '../../../report/prices.ts';
import { createStyle } from '../../../report/style.ts';
import type { Command } from '../../context.ts';
import { EXIT } from '../../exit-code.ts';
import { surroundingsOf } from '../../flags/surroundings.ts';
import { readTargetOptions } from '../../flags/target-flags.ts';
import { writeResult } from '../../output/streams.ts';

export interface PricesFlags {
  readonly config?: string;
  readonly catalog?: readonly string[];
  readonly json?: boolean;
}

/** `provider prices`: what models cost and where that is said; all configured ones when none is named. Sends nothing. */
export const providerPrices: Command<PricesFlags> = async ({ json, ...flags }, context, names) => {
  // What a configured model is sent is not asked here, so nothing of it may be refused.
  const options = readTargetOptions({ ...flags, params: 'pass' }, names);
  const addressed = await addressTargets(options, surroundingsOf(context, { isRehearsal: true }));
  const prices = addressed.map(({ target: { provider, model, profile } }) => ({
    provider,
    model,
    price: profile.price,
  }));
  await writeResult(
    json === true
      ? JSON.stringify({ schema: 'llm-bench/prices/1', prices: prices.map(withNull) }, undefined, 2)
      : renderPrices(prices, createStyle(process.stdout)),
  );
  return EXIT.ok;
};

/** An unknown price is said to be unknown, not left out. */
function withNull<P>({ price, ...named }: { readonly price: P | undefined }): { readonly price: P | null } {
  return { ...named, price: price ?? null };
}
