import type { HttpRequest } from '../../model/exchange.ts';
import type { Message } from '../../model/message.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { isOpenais, streamOptions } from '../openai-options.ts';
import { isCall, isResult, schemaOf } from '../tool-shapes.ts';

/**
 * `POST {url}/responses`. A parameter that was not given is not sent; extra ones go to the top level. The user's own headers win over
 * ours. System messages stay in `input`, which takes them as items: `instructions` would lose their place.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters } = input;
  const body = {
    model: target.model,
    input: input.messages.flatMap(toItems),
    stream: input.isStreamed,
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...(parameters.maxTokens === undefined ? {} : { max_output_tokens: parameters.maxTokens }),
    ...streamOptions(input, false),
    // OpenAI keeps answers for a month unless told not to, and nobody asks for these again.
    ...(isOpenais(target) ? { store: false } : {}),
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

/** A base URL (`…/v1`) or the full path of the endpoint. */
function endpointOf(url: string): string {
  return url.endsWith('/responses') ? url : `${url}/responses`;
}

/** Calls and results are items of their own, beside the messages. */
function toItems(message: Message): readonly JsonObject[] {
  const { role, content } = message;
  if (isResult(message)) return [{ type: 'function_call_output', call_id: message.callId, output: content }];
  if (!isCall(message)) return [{ role, content }];
  const calls = message.toolCalls.map((call) => ({
    type: 'function_call',
    call_id: call.id,
    name: call.name,
    arguments: call.arguments,
  }));
  return content === '' ? calls : [{ role, content }, ...calls];
}

function toolFields({ tools, toolChoice }: EncodeInput): JsonObject {
  if (tools === undefined) return {};
  return {
    tools: tools.map((tool) => ({
      type: 'function',
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      parameters: schemaOf(tool),
      // Left out it means true here, and a schema that is not written for that would be refused or changed.
      strict: false,
    })),
    ...(toolChoice === undefined
      ? {}
      : { tool_choice: typeof toolChoice === 'string' ? toolChoice : { type: 'function', name: toolChoice.name } }),
  };
}
