import { AppError, type ErrorCode, type ErrorDetails } from '../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

/** To a counting thread: texts for one tokenizer. The next order comes after the reply. */
export interface CountingOrder {
  /** As `openTokenizer` takes it. */
  readonly tokenizer: string;
  /** None: the tokenizer is only opened. */
  readonly texts: readonly string[];
}

/** Counts of an order's texts. */
export interface Counted {
  readonly type: 'counted';
  readonly tokenizer: Pick<Tokenizer, 'name' | 'isApproximate'>;
  /** In their order; undefined for a text that the tokenizer could not do. */
  readonly counts: readonly (number | undefined)[];
  /** Why not, of the first of them. */
  readonly problem: string | undefined;
}

/** From a counting thread. `refused`: there is no such tokenizer. */
export type CountingReply =
  | Counted
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly details: ErrorDetails };

/** Carries out orders; each tokenizer is opened once. Rejects only for bugs. */
export function createCounter(
  open: (spec: string) => Promise<Tokenizer>,
): (order: CountingOrder) => Promise<CountingReply> {
  const opened = new Map<string, Tokenizer>();
  return async ({ tokenizer: spec, texts }) => {
    try {
      const tokenizer = opened.get(spec) ?? (await open(spec));
      opened.set(spec, tokenizer);
      return countAll(tokenizer, texts);
    } catch (error) {
      if (error instanceof AppError) return { type: 'refused', code: error.code, details: error.details };
      throw error;
    }
  };
}

function countAll(tokenizer: Tokenizer, texts: readonly string[]): Counted {
  let problem: string | undefined;
  const counts = texts.map((text) => {
    try {
      return tokenizer.count(text);
    } catch (error) {
      // Millions of characters without any cut are too much for a regular expression: one text more or less is no reason to stop.
      problem ??= String(error);
      return undefined;
    }
  });
  return {
    type: 'counted',
    tokenizer: { name: tokenizer.name, isApproximate: tokenizer.isApproximate },
    counts,
    problem,
  };
}
