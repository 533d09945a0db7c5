import { TOOL_CHOICE_KINDS } from '../../model/tool.ts';
import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { concedeOptions } from '../openai-options.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** OpenAI responses, and the servers that offer the same route: Azure, xAI, OpenRouter, vLLM, llama.cpp, LM Studio. */
export const openaiResponses: Dialect = {
  id: 'openai-responses',
  toolChoices: () => TOOL_CHOICE_KINDS,
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  // Usage comes without being asked for.
  concede: (quirks, target) => concedeOptions(quirks, target, false),
};
