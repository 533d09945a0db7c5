import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { concedeOptions } from '../openai-options.ts';
import { openAnswer } from './decode.ts';
import { encode, isFillInTheMiddle } from './encode.ts';

/** OpenAI completions, which base models and the load tests of vLLM, sglang and llama.cpp use: no chat template, plain text. */
export const openaiCompletions: Dialect = {
  id: 'openai-completions',
  // A bare prompt has no place for them.
  toolChoices: () => [],
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: (quirks, target) => concedeOptions(quirks, target, !isFillInTheMiddle(target)),
};
