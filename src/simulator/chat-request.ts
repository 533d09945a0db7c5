import { Refusal } from './refusal.ts';

/** What the simulator heeds of a chat completion request. */
export interface ChatRequest {
  readonly model: string;
  readonly wantsStream: boolean;
  readonly hasStreamOptions: boolean;
  readonly wantsUsage: boolean;
  readonly maxTokens: number | undefined;
  /** Name of the first tool offered. */
  readonly toolName: string | undefined;
  readonly inputTokens: number;
}

const TEXT_KEYS = ['text', 'content'];

/** Reads a body; throws Refusal (400) if it is not JSON, has no messages or a senseless token limit. */
export function parseChatRequest(body: Buffer): ChatRequest {
  const fields = parseObject(body);
  const messages = fields['messages'];
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new Refusal(400, { message: "'messages' must be a non-empty array", type: 'invalid_request_error' });
  }
  const model = fields['model'];
  const streamOptions = fields['stream_options'];
  return {
    model: typeof model === 'string' ? model : '',
    wantsStream: fields['stream'] === true,
    hasStreamOptions: streamOptions !== undefined && streamOptions !== null,
    wantsUsage: isObject(streamOptions) && streamOptions['include_usage'] === true,
    maxTokens: parseMaxTokens(fields['max_completion_tokens'] ?? fields['max_tokens']),
    toolName: findToolName(fields['tools']),
    inputTokens: countInputTokens(messages),
  };
}

/**
 * The simulator's input tokens: one per word, that is per run of characters without white space, in the messages'
 * content: strings, and the `text` of content parts. Roles, names and tools cost nothing.
 */
export function countInputTokens(messages: readonly unknown[]): number {
  let words = 0;
  for (const message of messages) {
    if (isObject(message)) words += countWords(message['content']);
  }
  return words;
}

function countWords(content: unknown): number {
  if (typeof content === 'string') return content.match(/\S+/g)?.length ?? 0;
  if (Array.isArray(content)) return content.reduce<number>((sum, part) => sum + countWords(part), 0);
  if (!isObject(content)) return 0;
  return TEXT_KEYS.reduce((sum, key) => sum + countWords(content[key]), 0);
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // SyntaxError: the client's body, answered below.
  }
  if (isObject(value)) return value;
  throw new Refusal(400, { message: 'the body is not a JSON object', type: 'invalid_request_error' });
}

function parseMaxTokens(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1) return value;
  throw new Refusal(400, { message: 'max_tokens must be a whole number from 1', type: 'invalid_request_error' });
}

function findToolName(tools: unknown): string | undefined {
  const tool: unknown = Array.isArray(tools) ? tools[0] : undefined;
  const definition = isObject(tool) ? tool['function'] : undefined;
  const name = isObject(definition) ? definition['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
