import type { JsonValue } from './units.ts';

/** Token counts of one request in canonical meaning: cached tokens are part of input, reasoning tokens part of output. */
export interface Usage {
  readonly inputTokens: number | undefined;
  readonly cachedInputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  /** Exactly what the provider sent, for audits. */
  readonly raw: JsonValue | undefined;
}

/**
 * Where a count of output tokens comes from, best first: `reported` by the provider, `counted` by a tokenizer over the whole text,
 * `events`: one per token-bearing event, a lower bound.
 */
export type TokenSource = 'reported' | 'counted' | 'events';
