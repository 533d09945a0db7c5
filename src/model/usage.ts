import type { JsonValue } from './units.ts';

/** Token counts of one request in canonical meaning: cached tokens are part of input, reasoning tokens part of output. */
export interface Usage {
  readonly inputTokens: number | undefined;
  /** Of the input, read from the provider's prompt cache. */
  readonly cachedInputTokens: number | undefined;
  /** Of the input, written into the provider's prompt cache. */
  readonly cacheWriteInputTokens: number | undefined;
  /** Of the cache writes, those kept for an hour (Anthropic), which have a price of their own. */
  readonly longCacheWriteInputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  /** Exactly what the provider sent, for audits. */
  readonly raw: JsonValue | undefined;
}

/** Nothing is known. */
export const NO_USAGE: Usage = {
  inputTokens: undefined,
  cachedInputTokens: undefined,
  cacheWriteInputTokens: undefined,
  longCacheWriteInputTokens: undefined,
  outputTokens: undefined,
  reasoningTokens: undefined,
  raw: undefined,
};

/**
 * Where a count of output tokens comes from, best first: `reported` by the provider, `counted` by a tokenizer over the whole text,
 * `events`: one per token-bearing event, a lower bound.
 */
export type TokenSource = 'reported' | 'counted' | 'events';

/** What a tokenizer counted over one request's whole texts after the run. */
export interface CountedTokens {
  /** Undefined when the prompt's text is not known. */
  readonly inputTokens: number | undefined;
  /** Reasoning that was shown included. */
  readonly outputTokens: number | undefined;
  /** Its name: `o200k_base`, a file's name, `estimate`. */
  readonly tokenizer: string;
  /** Not the model's own tokenizer. */
  readonly isApproximate: boolean;
}
