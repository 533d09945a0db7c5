import { messagesOf } from './chat-fields.ts';
import { chatOf, malformed, optionalLimit, optionalText, type Place, refuseBoth } from './prompt-fields.ts';
import type { Prompt, PromptReader } from './source.ts';
import { toolsOf } from './tool-fields.ts';

/**
 * A JSON object a line with `prompt`, `content` or `messages`, and if wanted `name`, `system` and `token_limit` (or `max_tokens`).
 * What the model may call stands in `tools` and `tool_choice`, in OpenAI's shape. Blank lines are passed over.
 */
export const readJsonl: PromptReader = (text, file) =>
  text
    .split(/\r\n|\n/)
    .flatMap((line, index) => (line.trim() === '' ? [] : [readLine(line, { file, line: index + 1 })]));

function readLine(line: string, place: Place): Prompt {
  return promptOf(parseObject(line, place), place);
}

/** What an object says of a prompt. Throws FILE_MALFORMED. */
export function promptOf(fields: Readonly<Record<string, unknown>>, place: Place): Prompt {
  const name = optionalText(fields['name'], 'name', place);
  const limit = (fields['token_limit'] ?? undefined) === undefined ? 'max_tokens' : 'token_limit';
  const maxTokens = optionalLimit(fields[limit], limit, place);
  refuseBoth(fields, place);
  const tools = toolsOf(fields, () => place);
  if (fields['messages'] !== undefined)
    return { name, maxTokens, messages: messagesOf(fields['messages'], place), ...tools };
  const field = fields['prompt'] === undefined ? 'content' : 'prompt';
  const text = optionalText(fields[field], field, place);
  if (text === undefined) {
    throw malformed(place, 'the object has no prompt, content or messages', 'add one: {"prompt": "…"}');
  }
  return { name, maxTokens, messages: chatOf(text, optionalText(fields['system'], 'system', place)), ...tools };
}

function parseObject(line: string, place: Place): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw malformed(place, `this is not JSON (${(error as Error).message})`, 'write one JSON object a line');
  }
  return readFields(value, place);
}

/** The members of an object. Throws FILE_MALFORMED for anything else. */
export function readFields(value: unknown, place: Place): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed(place, 'this is JSON, but not an object', 'write {"prompt": "…"}');
  }
  return value as Readonly<Record<string, unknown>>;
}
