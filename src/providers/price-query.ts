import type { Price } from '../model/price.ts';

/** What a price is asked for. */
export interface PriceQuery {
  /** The provider's id in each list; undefined where it is not known there. Prices are never looked up by a model's name alone. */
  readonly genaiPricesId: string | undefined;
  readonly modelsDevId: string | undefined;
  readonly litellmProvider: string | undefined;
  /** Told from this when no id is known. */
  readonly url: string;
  /** In the order in which they are tried: the base model before a deployment's name. */
  readonly models: readonly string[];
  /** Prices change over time: those of this instant. */
  readonly at: Date;
}

/** What a list says of a model. Undefined: it does not say. */
export interface ModelFacts {
  readonly price: Price | undefined;
  readonly contextWindow: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** What the model lets be set; undefined: not said. */
  readonly capabilities: ModelCapabilities | undefined;
}

/** Flags of a catalog file that the user brought. */
export interface ModelCapabilities {
  readonly acceptsTemperature: boolean | undefined;
  readonly reasons: boolean | undefined;
  /** Values of reasoning_effort. */
  readonly efforts: readonly string[] | undefined;
  readonly callsTools: boolean | undefined;
  /** The list's name. */
  readonly source: string;
}

/** One list of prices. */
export interface PriceList {
  /** Its name and version, as stored with a price. */
  readonly source: string;
  find(query: PriceQuery): ModelFacts | undefined;
}

/** What is said of a list's own prices. */
export interface ListOrigin {
  readonly source: string;
  readonly asOf: string | undefined;
}
