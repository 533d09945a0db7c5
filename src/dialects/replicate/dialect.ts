import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';
import { follow } from './follow.ts';

/** Replicate: a prediction is made in one request, and its text is read in another. */
export const replicate: Dialect = {
  id: 'replicate',
  // A bare prompt has no place for them.
  toolChoices: () => [],
  encode,
  openAnswer,
  follow,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
