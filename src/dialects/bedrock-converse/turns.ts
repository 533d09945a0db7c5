import type { Message } from '../../model/message.ts';
import type { ToolChoice } from '../../model/tool.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { argumentsOf, groupNeighbours, isCall, isResult, schemaOf } from '../tool-shapes.ts';

/**
 * The turns without those of the system. Bedrock wants user and assistant to take turns, and has results of tools in the user's:
 * results, and what the user says after them, are one turn.
 */
export function toTurns(messages: readonly Message[]): readonly JsonObject[] {
  const turns = messages.filter(({ role }) => role !== 'system');
  const isSame = (one: Message, next: Message): boolean => isResult(one) && next.role !== 'assistant';
  return groupNeighbours(turns, isSame).map((group) => ({
    role: group[0]?.role === 'assistant' ? 'assistant' : 'user',
    content: group.flatMap(toBlocks),
  }));
}

function toBlocks(message: Message): readonly JsonObject[] {
  const { content } = message;
  if (isResult(message)) return [{ toolResult: { toolUseId: message.callId, content: [{ text: content }] } }];
  if (!isCall(message)) return [{ text: content }];
  const calls = message.toolCalls.map((call) => ({
    toolUse: { toolUseId: call.id, name: call.name, input: argumentsOf(call) },
  }));
  // An empty text block is refused.
  return content === '' ? calls : [{ text: content }, ...calls];
}

export function toolFields({ tools, toolChoice }: EncodeInput): JsonObject {
  if (tools === undefined) return {};
  return {
    toolConfig: {
      tools: tools.map((tool) => ({
        toolSpec: {
          name: tool.name,
          ...(tool.description === undefined ? {} : { description: tool.description }),
          inputSchema: { json: schemaOf(tool) },
        },
      })),
      ...(toolChoice === undefined ? {} : { toolChoice: toChoice(toolChoice) }),
    },
  };
}

function toChoice(choice: ToolChoice): JsonObject {
  if (typeof choice !== 'string') return { tool: { name: choice.name } };
  return choice === 'required' ? { any: {} } : { auto: {} };
}
