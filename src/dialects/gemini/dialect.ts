import { TOOL_CHOICE_KINDS } from '../../model/tool.ts';
import type { Dialect } from '../dialect.ts';
import { openAnswer } from './decode.ts';
import { encode } from './encode.ts';
import { failureOf } from './failure.ts';

/** Google's Gemini API, and Vertex AI's models of Google with a bearer in the user's headers. */
export const gemini: Dialect = {
  id: 'gemini',
  toolChoices: () => TOOL_CHOICE_KINDS,
  encode,
  openAnswer,
  failureOf,
  concede: () => undefined,
};
