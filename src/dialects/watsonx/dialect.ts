import { failureOfHttp } from '../../wire/failure.ts';
import type { Dialect } from '../dialect.ts';
import { openGeneration } from './decode.ts';
import { encode } from './encode.ts';
import { isGeneration } from './routes.ts';

/** IBM watsonx.ai. Its chat has OpenAI's messages and chunks, which `chat` writes and reads; its text generation is older. */
export function createWatsonx(chat: Dialect): Dialect {
  return {
    id: 'watsonx',
    toolChoices: (target) => (isGeneration(target) ? [] : chat.toolChoices(target)),
    encode: (input) => encode(chat, input),
    openAnswer: (isStreamed, onFrame, target) =>
      isGeneration(target) ? openGeneration(onFrame) : chat.openAnswer(isStreamed, onFrame, target),
    failureOf: failureOfHttp,
    // Usage comes without being asked for: there is no option to leave out.
    concede: () => undefined,
  };
}
