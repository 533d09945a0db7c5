import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';
import { checkTemplate } from './template.ts';

/** Any endpoint that takes JSON and answers with text: asked and read as the user's template says. */
export const customRest: Dialect = {
  id: 'custom-rest',
  // A template has no place for them.
  toolChoices: () => [],
  check: checkTemplate,
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
