import type { HttpRequest } from '../../model/exchange.ts';
import type { Message, ResultMessage } from '../../model/message.ts';
import type { ToolChoice } from '../../model/tool.ts';
import type { JsonObject } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { argumentsOf, groupNeighbours, isCall, isResult, schemaOf } from '../tool-shapes.ts';

/** The API refuses a request without `max_tokens`. */
const MAX_TOKENS_WHEN_NONE_GIVEN = 1024;

/** Vertex AI names the model in the path, and wants Anthropic's API version in the body. */
const VERTEX_PATH = /:(streamRawPredict|rawPredict)$/;
const VERTEX_VERSION = 'vertex-2023-10-16';

/**
 * `POST {url}/messages`. Sends `max_tokens: 1024` when the user gave none, since the API requires one; it includes thinking, so a
 * run that lets the model think should give its own. No other parameter is sent unless it was given: newer models refuse even the
 * default temperature. System messages go to the top-level `system`. The user's own headers win over ours, the version included.
 * https://docs.anthropic.com/en/api/messages
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, parameters, messages } = input;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const body = {
    ...(VERTEX_PATH.test(target.url) ? { anthropic_version: VERTEX_VERSION } : { model: target.model }),
    max_tokens: parameters.maxTokens ?? MAX_TOKENS_WHEN_NONE_GIVEN,
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    messages: toTurns(messages),
    stream: input.isStreamed,
    ...(parameters.temperature === undefined ? {} : { temperature: parameters.temperature }),
    ...toolFields(input),
    ...parameters.extra,
  };
  return {
    method: 'POST',
    url: `${endpointOf(target.url, input.isStreamed)}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: input.isStreamed ? 'text/event-stream' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      // Later versions refuse sampling parameters.
      'anthropic-version': '2023-06-01',
      ...(credentials.apiKey === undefined ? {} : keyOf(credentials.apiKey, target.url)),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** Vertex AI takes Google's access tokens, and no keys of Anthropic's. */
function keyOf(key: string, url: string): HttpRequest['headers'] {
  return VERTEX_PATH.test(url) ? { authorization: `Bearer ${key}` } : { 'x-api-key': key };
}

/** A base URL (`…/v1`) or the full path of the endpoint; on Vertex AI, of either method. */
function endpointOf(url: string, isStreamed: boolean): string {
  if (VERTEX_PATH.test(url)) return url.replace(VERTEX_PATH, isStreamed ? ':streamRawPredict' : ':rawPredict');
  return url.endsWith('/messages') ? url : `${url}/messages`;
}

/** The results of calls that were made together must stand in one turn of the user's. */
function toTurns(messages: readonly Message[]): readonly JsonObject[] {
  const turns = messages.filter(({ role }) => role !== 'system');
  return groupNeighbours(turns, (one, next) => isResult(one) && isResult(next)).flatMap((group) => {
    const results = group.filter(isResult);
    return results.length > 0 ? [toResults(results)] : group.map(toTurn);
  });
}

function toResults(results: readonly ResultMessage[]): JsonObject {
  return {
    role: 'user',
    content: results.map(({ callId, content }) => ({ type: 'tool_result', tool_use_id: callId, content })),
  };
}

function toTurn(message: Message): JsonObject {
  const { role, content } = message;
  if (!isCall(message)) return { role, content };
  const calls = message.toolCalls.map((call) => ({
    type: 'tool_use',
    id: call.id,
    name: call.name,
    input: argumentsOf(call),
  }));
  // An empty text block is refused.
  return { role, content: content === '' ? calls : [{ type: 'text', text: content }, ...calls] };
}

function toolFields({ tools, toolChoice }: EncodeInput): JsonObject {
  if (tools === undefined) return {};
  return {
    tools: tools.map((tool) => ({
      name: tool.name,
      ...(tool.description === undefined ? {} : { description: tool.description }),
      input_schema: schemaOf(tool),
    })),
    ...(toolChoice === undefined ? {} : { tool_choice: toChoice(toolChoice) }),
  };
}

function toChoice(choice: ToolChoice): JsonObject {
  if (typeof choice !== 'string') return { type: 'tool', name: choice.name };
  return { type: choice === 'required' ? 'any' : choice };
}
