import { Refusal } from '../refusal.ts';

export type JsonFields = Readonly<Record<string, unknown>>;

const TEXT_KEYS = ['text', 'content', 'parts'];

/** A body; throws Refusal (400) if it is not a JSON object. */
export function parseFields(body: Buffer): JsonFields {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // SyntaxError: the client's body, answered below.
  }
  if (isObject(value)) return value;
  throw badRequest('the body is not a JSON object');
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, { message, type: 'invalid_request_error' });
}

export function isObject(value: unknown): value is JsonFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, an empty one if it is none. */
export function objectOf(value: unknown): JsonFields {
  return isObject(value) ? value : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A list that has something in it; throws Refusal. */
export function readList(fields: JsonFields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value) && value.length > 0) return value;
  throw badRequest(`'${name}' must be a non-empty array`);
}

/** A string, or what else may stand for a prompt; throws Refusal if it is missing. */
export function readPrompt(fields: JsonFields, name: string): unknown {
  const value = fields[name];
  if (value === undefined || value === null) throw badRequest(`'${name}' is required`);
  return value;
}

/** A token limit: a whole number from 1; throws Refusal. */
export function readLimit(value: unknown, name = 'max_tokens'): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw badRequest(`${name} must be a whole number from 1`);
}

/**
 * The simulator's input tokens: one per word, that is per run of characters without white space, and one per token id. Counted
 * in strings and in the texts of parts and messages. Roles, names and tools cost nothing.
 */
export function countWords(value: unknown): number {
  if (typeof value === 'string') return value.match(/\S+/g)?.length ?? 0;
  if (typeof value === 'number') return 1;
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + countWords(part), 0);
  if (!isObject(value)) return 0;
  return TEXT_KEYS.reduce((sum, key) => sum + countWords(value[key]), 0);
}

/** The name of the first tool: `path` leads to the object that has it, `['function']` as OpenAI nests it. */
export function readToolName(tools: unknown, path: readonly string[]): string | undefined {
  let tool: unknown = Array.isArray(tools) ? tools[0] : undefined;
  for (const key of path) {
    const inner = objectOf(tool)[key];
    tool = Array.isArray(inner) ? inner[0] : inner;
  }
  const { name } = objectOf(tool);
  return typeof name === 'string' ? name : undefined;
}
