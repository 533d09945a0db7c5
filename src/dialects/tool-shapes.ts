import type { CallMessage, Message, ResultMessage, ToolCall } from '../model/message.ts';
import type { Tool, ToolChoice } from '../model/tool.ts';
import type { JsonObject, JsonValue } from '../model/units.ts';

/** What several families need to write tools, calls and results. */

/** The schema that says of a function that it takes nothing: some families want one for every tool. */
const TAKES_NOTHING: JsonObject = { type: 'object', properties: {} };

export function schemaOf({ parameters }: Tool): JsonObject {
  return parameters ?? TAKES_NOTHING;
}

export function isCall(message: Message): message is CallMessage {
  return 'toolCalls' in message;
}

export function isResult(message: Message): message is ResultMessage {
  return message.role === 'tool';
}

/**
 * Arguments for a family that wants an object. What is none was a model's mistake, and stands in the object as it was written: a model
 * should see what it did.
 */
export function argumentsOf(call: ToolCall): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(call.arguments) as JsonValue;
  } catch {
    return { arguments: call.arguments };
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : { arguments: call.arguments };
}

/** A tool as OpenAI's chat completions have it, and Ollama, Cohere and watsonx after them. */
export function toOpenaiTool(tool: Tool): JsonObject {
  return {
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      ...(tool.parameters === undefined ? {} : { parameters: tool.parameters }),
    },
  };
}

/** A turn as OpenAI's chat completions have it. */
export function toOpenaiMessage(message: Message): JsonObject {
  if (isResult(message)) return { role: 'tool', tool_call_id: message.callId, content: message.content };
  if (!isCall(message)) return { role: message.role, content: message.content };
  return {
    role: 'assistant',
    content: message.content === '' ? null : message.content,
    tool_calls: message.toolCalls.map(toOpenaiCall),
  };
}

export function toOpenaiCall(call: ToolCall): JsonObject {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

/** `tools` and `tool_choice` as OpenAI's chat completions have them; nothing where there are none. */
export function openaiToolFields({
  tools,
  toolChoice,
}: {
  readonly tools: readonly Tool[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
}): JsonObject {
  if (tools === undefined) return {};
  return {
    tools: tools.map(toOpenaiTool),
    ...(toolChoice === undefined ? {} : { tool_choice: toOpenaiChoice(toolChoice) }),
  };
}

function toOpenaiChoice(choice: ToolChoice): JsonValue {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

/** Neighbours that `isSame` says belong to one turn, together. */
export function groupNeighbours<T>(
  items: readonly T[],
  isSame: (one: T, next: T) => boolean,
): readonly (readonly T[])[] {
  const groups: T[][] = [];
  for (const item of items) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && isSame(last, item)) group.push(item);
    else groups.push([item]);
  }
  return groups;
}
