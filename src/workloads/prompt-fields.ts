import { AppError } from '../errors.ts';
import type { Message } from '../model/message.ts';
import type { Prompt } from './source.ts';

/** Where a value stands, for errors. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

export function malformed(place: Place, problem: string, hint: string): AppError {
  return new AppError('FILE_MALFORMED', { file: place.file, line: place.line, problem, hint });
}

/** A text that is there and not blank, or undefined when it is missing. */
export function optionalText(value: unknown, name: string, place: Place): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw malformed(place, `${name} must be a text that is not empty`, `give "${name}" as a quoted text`);
}

/** A whole number from 1, or undefined when it is missing. */
export function optionalLimit(value: unknown, name: string, place: Place): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw malformed(place, `${name} must be a whole number from 1`, `leave "${name}" out for no limit`);
}

/** Instructions beside a whole chat would be left out silently. */
export function refuseBoth(fields: Readonly<Record<string, unknown>>, place: Place): void {
  if (fields['messages'] === undefined || fields['system'] === undefined) return;
  throw malformed(place, 'system stands beside messages', 'put it into messages: {"role": "system", "content": "…"}');
}

/** A text alone, without a name, a limit or tools. */
export function bareOf(text: string): Prompt {
  return {
    name: undefined,
    maxTokens: undefined,
    messages: chatOf(text, undefined),
    tools: undefined,
    toolChoice: undefined,
  };
}

/** The chat for a prompt with or without instructions. */
export function chatOf(text: string, system: string | undefined): readonly Message[] {
  const user: Message = { role: 'user', content: text };
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}
