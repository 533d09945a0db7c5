import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** Cohere chat, API v2. */
export const cohere: Dialect = {
  id: 'cohere',
  // No tool can be named.
  toolChoices: () => ['auto', 'none', 'required'],
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
