import type { RequestRecord } from '../model/record.ts';
import type { TokenSource, Usage } from '../model/usage.ts';

/** Tokens of one request with where the count comes from; undefined when nobody can say. */
export interface TokenCount {
  readonly tokens: number;
  readonly source: TokenSource;
}

/**
 * What the provider reported, else what a tokenizer counted of the prompt's text, which lacks what the server's chat template adds.
 */
export function inputTokens(record: RequestRecord): TokenCount | undefined {
  if (record.usage.inputTokens !== undefined) return { tokens: record.usage.inputTokens, source: 'reported' };
  const counted = record.counted?.inputTokens;
  return counted === undefined ? undefined : { tokens: counted, source: 'counted' };
}

/**
 * What the provider reported, for the whole or for each event, else what a tokenizer counted, else one per token-bearing event:
 * never the limit that was asked for.
 */
export function outputTokens(record: RequestRecord): TokenCount | undefined {
  if (record.usage.outputTokens !== undefined) return { tokens: record.usage.outputTokens, source: 'reported' };
  const said = record.events.map((event) => event.tokens).filter((tokens) => tokens !== undefined);
  if (said.length > 0 && said.length === record.events.length) {
    return { tokens: said.reduce((sum, tokens) => sum + tokens), source: 'reported' };
  }
  if (record.counted?.outputTokens !== undefined) return { tokens: record.counted.outputTokens, source: 'counted' };
  if (record.isStreamed && record.events.length > 0) return { tokens: record.events.length, source: 'events' };
  return undefined;
}

/** Whether the provider has not said how many tokens went in and came out. */
export function lacksReportedCounts(record: RequestRecord): boolean {
  return record.usage.inputTokens === undefined || outputTokens(record)?.source !== 'reported';
}

/**
 * Whether a provider's own total is what we make of its counts, input and output; undefined when it gives no total (Anthropic,
 * Cohere), or not all counts. Some totals leave out what was cached, as their input does.
 */
export function usageAddsUp({ inputTokens, outputTokens, cachedInputTokens, raw }: Usage): boolean | undefined {
  const fields = new Map(Object.entries(raw ?? {}));
  const total = TOTALS.map((name) => fields.get(name)).find((value) => typeof value === 'number');
  if (total === undefined || inputTokens === undefined || outputTokens === undefined) return undefined;
  const sum = inputTokens + outputTokens;
  return total === sum || total === sum - (cachedInputTokens ?? 0);
}

/** OpenAI's name, Gemini's and Bedrock's. */
const TOTALS: readonly string[] = ['total_tokens', 'totalTokenCount', 'totalTokens'];

/**
 * Tokens of each event, in their order: as the server said, or one each when there are as many tokens as events (each
 * carries at least one), reported or counted by the model's own tokenizer. Undefined when it cannot be known, as with several tokens
 * a chunk.
 */
export function tokensPerEvent(record: RequestRecord): readonly number[] | undefined {
  const said = record.events.map((event) => event.tokens);
  if (said.every((tokens) => tokens !== undefined)) return said;
  const counted = record.counted?.isApproximate === false ? record.counted.outputTokens : undefined;
  const total = record.usage.outputTokens ?? counted;
  return total === record.events.length ? record.events.map(() => 1) : undefined;
}

/** When output tokens arrived, for windows: known tokens per event, else the request's total spread evenly over its events. */
export function tokenArrivals(record: RequestRecord): readonly { readonly atMs: number; readonly tokens: number }[] {
  const total = outputTokens(record)?.tokens;
  if (total === undefined) return [];
  if (record.events.length === 0) return [{ atMs: record.instants.endedAtMs, tokens: total }];
  const each = tokensPerEvent(record);
  const share = total / record.events.length;
  return record.events.map((event, index) => ({ atMs: event.atMs, tokens: each?.[index] ?? share }));
}
