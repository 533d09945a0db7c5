import { TOOL_CHOICE_KINDS } from '../../model/tool.ts';
import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';

/** Anthropic messages, and the servers that offer the same route: OpenRouter, vLLM, llama.cpp, and gateways. */
export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  toolChoices: () => TOOL_CHOICE_KINDS,
  encode,
  openAnswer,
  failureOf: failureOfHttp,
  concede: () => undefined,
};
