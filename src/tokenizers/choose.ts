/** Names of the tokenizers that need no file. */
export const BUILT_IN_TOKENIZERS = ['o200k_base', 'cl100k_base', 'estimate'] as const;

export type BuiltInTokenizer = (typeof BUILT_IN_TOKENIZERS)[number];

/** A tokenizer for a model. */
export interface TokenizerChoice {
  readonly tokenizer: BuiltInTokenizer;
  /** False when it is the model's own. */
  readonly isApproximate: boolean;
}

/**
 * Beginnings of names of OpenAI models, as tiktoken maps them; the first that fits holds. gpt-oss has more special tokens than
 * o200k_base, and the same ordinary ones.
 */
const OWN_TOKENIZERS: readonly (readonly [RegExp, BuiltInTokenizer])[] = [
  [/^(chatgpt-4o|gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|gpt-oss|o1|o3|o4)(?![0-9a-z])/, 'o200k_base'],
  [/^(gpt-4|gpt-3\.5|gpt-35|text-embedding-3|text-embedding-ada-002)(?![0-9a-z.])/, 'cl100k_base'],
];

/** Fine-tuned models are named `ft:gpt-4o-mini-2024-07-18:…`. */
const FINE_TUNED = /^ft:/;

/**
 * Which built-in tokenizer counts as a model does, by the last part of its name (`openai/gpt-4o`, `azure/gpt-35-turbo`). Everything
 * else is counted by o200k_base, approximately.
 */
export function tokenizerFor(model: string): TokenizerChoice {
  const name = (model.toLowerCase().split('/').at(-1) ?? '').replace(FINE_TUNED, '');
  const own = OWN_TOKENIZERS.find(([pattern]) => pattern.test(name));
  return own === undefined
    ? { tokenizer: 'o200k_base', isApproximate: true }
    : { tokenizer: own[1], isApproximate: false };
}
