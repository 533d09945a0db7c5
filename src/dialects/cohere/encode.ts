import type { HttpRequest } from '../../model/exchange.ts';
import type { Message } from '../../model/message.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { isCall, isResult, schemaOf, toOpenaiCall } from '../tool-shapes.ts';

/**
 * `POST {url}/chat` of API v2. A parameter that was not given is not sent; system messages stay among the others. The user's own
 * headers win over ours. https://docs.cohere.com/reference/chat-stream
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters } = input;
  const body = {
    model: target.model,
    messages: input.messages.map(toTurn),
    stream: input.isStreamed,
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...(parameters.maxTokens === undefined ? {} : { max_tokens: parameters.maxTokens }),
    ...toolFields(input),
    ...parameters.extra,
  };
  return {
    method: 'POST',
    url: `${endpointOf(target.url)}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: input.isStreamed ? 'text/event-stream' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A base URL (`…/v2`) or the full path of the endpoint. */
function endpointOf(url: string): string {
  return url.endsWith('/chat') ? url : `${url}/chat`;
}

/** What the model wrote beside its calls is its plan. */
function toTurn(message: Message): JsonObject {
  const { role, content } = message;
  if (isResult(message)) return { role, tool_call_id: message.callId, content };
  if (!isCall(message)) return { role, content };
  return {
    role,
    ...(content === '' ? {} : { tool_plan: content }),
    tool_calls: message.toolCalls.map(toOpenaiCall),
  };
}

/** That the model decides is the default, and has no word of its own. */
function toolFields({ tools, toolChoice }: EncodeInput): JsonObject {
  if (tools === undefined) return {};
  const choice = typeof toolChoice === 'string' && toolChoice !== 'auto' ? toolChoice.toUpperCase() : undefined;
  return {
    tools: tools.map((tool) => ({
      type: 'function',
      function: {
        name: tool.name,
        ...(tool.description === undefined ? {} : { description: tool.description }),
        parameters: schemaOf(tool),
      },
    })),
    ...(choice === undefined ? {} : { tool_choice: choice }),
  };
}
