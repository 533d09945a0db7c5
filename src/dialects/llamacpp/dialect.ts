import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** llama.cpp's own `/completion`: a bare prompt without a chat template, token ids in every event. */
export const llamacpp: Dialect = {
  id: 'llamacpp',
  // A bare prompt has no place for them.
  toolChoices: () => [],
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
