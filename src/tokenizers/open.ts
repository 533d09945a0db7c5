import { existsSync } from 'node:fs';
import { AppError } from '../errors.ts';
import { BUILT_IN_TOKENIZERS } from './choose.ts';
import type { Tokenizer } from './tokenizer.ts';

/**
 * Opens `o200k_base`, `cl100k_base`, `estimate`, or a `tokenizer.json` by its path or folder. Vocabularies and libraries are loaded
 * here and not before: some hundred milliseconds, and as many megabytes. Rejects with TOKENIZER_UNKNOWN or TOKENIZER_UNREADABLE.
 */
export async function openTokenizer(spec: string): Promise<Tokenizer> {
  requireKnown(spec);
  if (spec === 'estimate') return (await import('./estimate/estimate-tokenizer.ts')).ESTIMATE;
  if (spec === 'o200k_base' || spec === 'cl100k_base') {
    return await (await import('./tiktoken/tiktoken-tokenizer.ts')).openTiktoken(spec);
  }
  return await (await import('./huggingface/huggingface-tokenizer.ts')).openHuggingFace(spec);
}

/** Throws TOKENIZER_UNKNOWN for what is neither built in nor there as a file. Loads nothing. */
export function requireKnown(spec: string): void {
  if (!BUILT_IN_TOKENIZERS.some((name) => name === spec) && !existsSync(spec)) {
    throw new AppError('TOKENIZER_UNKNOWN', { tokenizer: spec });
  }
}
