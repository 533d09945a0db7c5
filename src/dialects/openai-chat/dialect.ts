import { TOOL_CHOICE_KINDS } from '../../model/tool.ts';
import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { concedeOptions } from '../openai-options.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** OpenAI chat completions, and the servers that speak alike: vLLM, sglang, llama.cpp, LM Studio, most hosted providers. */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  toolChoices: () => TOOL_CHOICE_KINDS,
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: (quirks, target) => concedeOptions(quirks, target, true),
};
