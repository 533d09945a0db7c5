import type { AnswerPlan } from '../answer-tokens.ts';

/** The arguments of a call as an object, for families that send them so; what a limit cut off is closed. */
export function parseArguments(text: string, { isCutByLimit }: AnswerPlan): unknown {
  if (text === '') return {};
  return JSON.parse(isCutByLimit ? `${text}"}` : text);
}
