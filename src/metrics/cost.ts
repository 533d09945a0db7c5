import type { Price, TokenRates } from '../model/price.ts';
import type { Failure, RequestRecord } from '../model/record.ts';
import { inputTokens, outputTokens, type TokenCount } from './tokens.ts';

const TOKENS_PER_RATE = 1_000_000;

/**
 * What one request cost, in US dollars: tokens of each kind × their price, and the price per request. Cached and written tokens are
 * part of input, reasoning is part of output; a tier holds for the whole request. A refused request costs nothing. Undefined when
 * the price, or a count that it needs, is unknown; a count of events is a lower bound and not enough, and so is what a tokenizer
 * counted of an answer that broke off.
 */
export function costUsd(record: RequestRecord, price: Price | undefined): number | undefined {
  if (price === undefined) return undefined;
  if (isUnbilled(record)) return 0;
  const input = inputTokens(record)?.tokens;
  const output = outputTokens(record);
  if (input === undefined || output === undefined || isLowerBound(output, record)) return undefined;
  const { usage } = record;
  return (
    tokensCostUsd(
      {
        input,
        cached: usage.cachedInputTokens ?? 0,
        cacheWrite: usage.cacheWriteInputTokens ?? 0,
        longCacheWrite: usage.longCacheWriteInputTokens ?? 0,
        output: output.tokens,
        reasoning: usage.reasoningTokens ?? 0,
      },
      price,
    ) + price.perRequestUsd
  );
}

function isLowerBound({ source }: TokenCount, { outcome }: RequestRecord): boolean {
  return source === 'events' || (source === 'counted' && outcome.kind !== 'completed');
}

/** Tokens of one request; `cached`, `cacheWrite` (of which `longCacheWrite`) are part of `input`, `reasoning` is part of `output`. */
export interface BilledTokens {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly longCacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** US dollars for these tokens, without the price per request. A part that is larger than its whole is cut to it. */
export function tokensCostUsd(tokens: BilledTokens, price: Price): number {
  const rates = ratesFor(price, tokens.input);
  const cached = Math.min(tokens.cached, tokens.input);
  const written = Math.min(tokens.cacheWrite, tokens.input - cached);
  const writtenLong = Math.min(tokens.longCacheWrite, written);
  const reasoning = Math.min(tokens.reasoning, tokens.output);
  const writeUsd = rates.cacheWriteUsd ?? rates.inputUsd;
  // One division at the end: the rates are round numbers, so that the sum is exact as far as doubles go.
  return (
    ((tokens.input - cached - written) * rates.inputUsd +
      cached * (rates.cachedInputUsd ?? rates.inputUsd) +
      (written - writtenLong) * writeUsd +
      writtenLong * (rates.longCacheWriteUsd ?? writeUsd) +
      (tokens.output - reasoning) * rates.outputUsd +
      reasoning * (rates.reasoningUsd ?? rates.outputUsd)) /
    TOKENS_PER_RATE
  );
}

/** The rates of a request with so many input tokens. */
export function ratesFor(price: Price, inputTokens: number): TokenRates {
  return price.tiers.findLast((tier) => inputTokens > tier.aboveInputTokens) ?? price;
}

/** The dearest that one request can cost: no input from a cache, the dearest kind of each token, at the dearest tier it may reach. */
export function worstCostUsd(
  price: Price,
  most: { readonly inputTokens: number; readonly outputTokens: number },
): number {
  const reachable = [price, ...price.tiers.filter((tier) => most.inputTokens > tier.aboveInputTokens)];
  const dearest = reachable.map((rates) => {
    const {
      inputUsd,
      outputUsd,
      cacheWriteUsd = 0,
      longCacheWriteUsd = 0,
      cachedInputUsd = 0,
      reasoningUsd = 0,
    } = rates;
    return (
      (most.inputTokens * Math.max(inputUsd, cacheWriteUsd, longCacheWriteUsd, cachedInputUsd) +
        most.outputTokens * Math.max(outputUsd, reasoningUsd)) /
      TOKENS_PER_RATE
    );
  });
  return Math.max(...dearest) + price.perRequestUsd;
}

/**
 * The dearest that a request can cost: a token is at least one byte of its body, and what a server's chat template adds is less than
 * the JSON around the texts. Undefined when the price or the limit of output tokens is unknown.
 */
export function worstRequestUsd(
  price: Price | undefined,
  request: { readonly bodyBytes: number; readonly maxTokens: number | undefined },
): number | undefined {
  if (price === undefined || request.maxTokens === undefined) return undefined;
  return worstCostUsd(price, { inputTokens: request.bodyBytes, outputTokens: request.maxTokens });
}

/** Never reached the model: no connection, or an HTTP refusal. Whatever broke off later may be on the bill. */
function isUnbilled(record: RequestRecord): boolean {
  if (record.outcome.kind !== 'failed') return false;
  const { failure } = record.outcome;
  return UNSENT_KINDS.has(failure.kind) || (failure.status !== undefined && failure.status >= 400);
}

const UNSENT_KINDS: ReadonlySet<Failure['kind']> = new Set(['dns', 'connect', 'tls', 'timeout-connect']);

/** Sums the cost of many requests. */
export interface CostTally {
  add(record: RequestRecord): void;
  /** `usd` is undefined when no price is known; `unknown` counts requests that cost something, though nobody can tell what. */
  total(): { readonly usd: number | undefined; readonly unknown: number };
}

export function createCostTally(price: Price | undefined): CostTally {
  let usd = 0;
  let unknown = 0;
  return {
    add(record) {
      if (price === undefined) return;
      const cost = costUsd(record, price);
      if (cost === undefined) unknown++;
      else usd += cost;
    },
    total: () => ({ usd: price === undefined ? undefined : usd, unknown }),
  };
}
