/**
 * The port: counts the tokens of a text as a model does. Never used while measuring: it costs time. What a text says is only text:
 * special tokens are neither added nor read out of it (`<|endoftext|>` in a prompt is the characters it is written with).
 */
export interface Tokenizer {
  /** What reports call it: `o200k_base`, `cl100k_base`, `estimate`, or a file's name. */
  readonly name: string;
  /** True when it only estimates, whatever the model. */
  readonly isApproximate: boolean;
  /** 0 for an empty text. A lone surrogate counts as U+FFFD. */
  count(text: string): number;
  /** Undefined for a tokenizer without a vocabulary: an estimate has no tokens that could be named. */
  readonly codec: TokenCodec | undefined;
}

/** Tokens by their ids, to build texts of an exact length in tokens. */
export interface TokenCodec {
  /** As many ids as `count` says. */
  encode(text: string): readonly number[];
  /** Joins tokens; bytes that are no UTF-8 become U+FFFD. Throws a RangeError for an id that is not in the vocabulary. */
  decode(ids: readonly number[]): string;
}
