import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** Ollama's own API, `/api/chat` and `/api/generate`: the one that tells its durations. */
export const ollama: Dialect = {
  id: 'ollama',
  // The model decides; `/api/generate` takes no tools.
  toolChoices: ({ url }) => (url.endsWith('/api/generate') ? [] : ['auto']),
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
