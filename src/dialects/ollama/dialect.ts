import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** Ollama's own API, `/api/chat` and `/api/generate`: the one that tells its durations. */
export const ollama: Dialect = {
  id: 'ollama',
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
