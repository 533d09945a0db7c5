import { AppError } from '../errors.ts';
import type { Message } from '../model/message.ts';

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

const ROLES: ReadonlySet<unknown> = new Set(['system', 'user', 'assistant']);

/** A list of `{role, content}`, at least one. */
export function messagesOf(value: unknown, place: Place): readonly Message[] {
  const hint = 'use [{"role": "user", "content": "…"}]';
  if (!Array.isArray(value) || value.length === 0)
    throw malformed(place, 'messages must be a list that is not empty', hint);
  return value.map((entry: unknown) => {
    const { role, content } = (entry ?? {}) as { role?: unknown; content?: unknown };
    if (!ROLES.has(role)) throw malformed(place, 'a message has no role system, user or assistant', hint);
    if (typeof content !== 'string') throw malformed(place, 'the content of a message must be a text', hint);
    return { role: role as Message['role'], content };
  });
}

/** Instructions beside a whole chat would be left out silently. */
export function refuseBoth(fields: Readonly<Record<string, unknown>>, place: Place): void {
  if (fields['messages'] === undefined || fields['system'] === undefined) return;
  throw malformed(place, 'system stands beside messages', 'put it into messages: {"role": "system", "content": "…"}');
}

/** The chat for a prompt with or without instructions. */
export function chatOf(text: string, system: string | undefined): readonly Message[] {
  const user: Message = { role: 'user', content: text };
  return system === undefined ? [user] : [{ role: 'system', content: system }, user];
}
