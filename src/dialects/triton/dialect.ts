import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** NVIDIA Triton's generate extension, whatever backend stands behind it: a bare prompt, and text alone for an answer. */
export const triton: Dialect = {
  id: 'triton',
  // A bare prompt has no place for them.
  toolChoices: () => [],
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
