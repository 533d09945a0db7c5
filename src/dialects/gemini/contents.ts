import type { CallMessage, Message } from '../../model/message.ts';
import type { ToolChoice } from '../../model/tool.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { argumentsOf, groupNeighbours, isCall, isResult } from '../tool-shapes.ts';

/** The turns without those of the system. The results of calls that were made together stand in one turn. */
export function toContents(messages: readonly Message[], model: string): readonly JsonObject[] {
  const turns = messages.filter(({ role }) => role !== 'system');
  return groupNeighbours(turns, (one, next) => isResult(one) && isResult(next)).map(([first, ...rest]) => ({
    role: first?.role === 'assistant' ? 'model' : 'user',
    parts: [first, ...rest].flatMap((message) => (message === undefined ? [] : toParts(message, model))),
  }));
}

function toParts(message: Message, model: string): readonly JsonObject[] {
  if (isResult(message)) {
    // By the key `output` a result is told from an error.
    return [{ functionResponse: { name: message.name, response: { output: message.content } } }];
  }
  if (!isCall(message)) return [{ text: message.content }];
  return [...(message.content === '' ? [] : [{ text: message.content }]), ...toCalls(message, model)];
}

/**
 * Gemini 3 refuses a call in the history whose first part has no signature of its thoughts. A call from a prompt file was never thought,
 * and Google names a signature for that: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const NOT_THOUGHT = 'skip_thought_signature_validator';
const WANTS_SIGNATURE = /gemini-([3-9]|\d\d)/;

function toCalls(message: CallMessage, model: string): readonly JsonObject[] {
  return message.toolCalls.map((call, place) => ({
    functionCall: { name: call.name, args: argumentsOf(call) },
    ...(place === 0 && WANTS_SIGNATURE.test(model) ? { thoughtSignature: NOT_THOUGHT } : {}),
  }));
}

export function toolFields({ tools, toolChoice }: EncodeInput): JsonObject {
  if (tools === undefined) return {};
  const functionDeclarations = tools.map((tool) => ({
    name: tool.name,
    ...(tool.description === undefined ? {} : { description: tool.description }),
    // The older `parameters` take only a part of JSON schema.
    ...(tool.parameters === undefined ? {} : { parametersJsonSchema: tool.parameters }),
  }));
  return {
    tools: [{ functionDeclarations }],
    ...(toolChoice === undefined ? {} : { toolConfig: { functionCallingConfig: toConfig(toolChoice) } }),
  };
}

function toConfig(choice: ToolChoice): JsonObject {
  if (typeof choice !== 'string') return { mode: 'ANY', allowedFunctionNames: [choice.name] };
  return { mode: choice === 'required' ? 'ANY' : choice.toUpperCase() };
}
