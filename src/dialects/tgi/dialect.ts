import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';
import { failureOf } from './failure.ts';

/** Hugging Face's Text Generation Inference by its own routes, and LoRAX. Its `/v1` speaks openai-chat. */
export const tgi: Dialect = {
  id: 'tgi',
  // A bare prompt has no place for them.
  toolChoices: () => [],
  encode,
  openAnswer,
  failureOf,
  concede: () => undefined,
};
