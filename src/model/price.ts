/** US dollars per million tokens of each kind. A kind without a price of its own costs what the comment says. */
export interface TokenRates {
  readonly inputUsd: number;
  readonly outputUsd: number;
  /** Undefined: as input. */
  readonly cachedInputUsd: number | undefined;
  /** Undefined: as input. */
  readonly cacheWriteUsd: number | undefined;
  /** Undefined: as any cache write. */
  readonly longCacheWriteUsd: number | undefined;
  /** Undefined: as output. */
  readonly reasoningUsd: number | undefined;
}

/** Other rates for the whole request once its input is larger. */
export interface PriceTier extends TokenRates {
  /** Applies above so many input tokens, cached ones included. */
  readonly aboveInputTokens: number;
}

/** What one target's tokens cost, as known when the run was planned. Stored with the run, so that its cost never changes. */
export interface Price extends TokenRates {
  /** Ascending by `aboveInputTokens`. */
  readonly tiers: readonly PriceTier[];
  /** Beside the tokens, per request. */
  readonly perRequestUsd: number;
  /** `user` (flags, providers.toml), a file given by `--catalog`, or `genai-prices 0.1.8`. */
  readonly source: string;
  /** Day of the price list (YYYY-MM-DD); undefined when it does not say. */
  readonly asOf: string | undefined;
}
