import { bareOf } from './prompt-fields.ts';
import type { PromptReader } from './source.ts';

/** A prompt a line; blank lines are passed over. */
export const readText: PromptReader = (text) =>
  text
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(bareOf);
