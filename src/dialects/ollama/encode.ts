import type { HttpRequest } from '../../model/exchange.ts';
import type { Message, ToolCall } from '../../model/message.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import type { EncodeInput } from '../dialect.ts';
import { asObject } from '../json.ts';
import { argumentsOf, isCall, isResult, toOpenaiTool } from '../tool-shapes.ts';

/**
 * `POST {url}/api/chat`, or `/api/generate` where the URL ends so. A parameter that was not given is not sent. The user's own
 * headers win over ours. https://docs.ollama.com/api/chat, https://docs.ollama.com/api/generate
 */
export function encode(input: EncodeInput): HttpRequest {
  const { target, credentials, isStreamed } = input;
  const url = endpointOf(target.url);
  const body = {
    model: target.model,
    ...(url.endsWith('/api/generate') ? promptOf(input.messages) : chatOf(input)),
    // A stream is Ollama's default: not asking for one must be said.
    stream: isStreamed,
    ...parametersOf(input.parameters),
  };
  return {
    method: 'POST',
    url: `${url}${credentials.query}`,
    headers: {
      'content-type': 'application/json',
      accept: isStreamed ? 'application/x-ndjson' : 'application/json',
      // A compressed stream is held back by its encoder.
      'accept-encoding': 'identity',
      'user-agent': input.userAgent,
      // Ollama itself asks for no key; its cloud and proxies before it do.
      ...(credentials.apiKey === undefined ? {} : { authorization: `Bearer ${credentials.apiKey}` }),
      ...credentials.headers,
    },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** A server (`http://localhost:11434`), its `/api`, or the full path of one of the two endpoints. */
function endpointOf(url: string): string {
  if (/\/api\/(chat|generate)$/.test(url)) return url;
  return url.endsWith('/api') ? `${url}/chat` : `${url}/api/chat`;
}

function chatOf({ messages, tools }: EncodeInput): JsonObject {
  return {
    messages: messages.map(toTurn),
    ...(tools === undefined ? {} : { tools: tools.map(toOpenaiTool) }),
  };
}

/** Calls have no id, their arguments are an object, and a result names its tool. */
function toTurn(message: Message): JsonObject {
  const { role, content } = message;
  if (isResult(message)) return { role, tool_name: message.name, content };
  if (!isCall(message)) return { role, content };
  const toCall = (call: ToolCall): JsonObject => ({ function: { name: call.name, arguments: argumentsOf(call) } });
  return { role, content, tool_calls: message.toolCalls.map(toCall) };
}

/** `/api/generate` knows no turns, only a system text and a prompt. */
function promptOf(messages: readonly Message[]): JsonObject {
  const join = (isSystem: boolean): string =>
    messages
      .filter(({ role }) => (role === 'system') === isSystem)
      .map(({ content }) => content)
      .join('\n\n');
  const system = join(true);
  return { prompt: join(false), ...(system === '' ? {} : { system }) };
}

/**
 * Sampling parameters stand in `options`, where users of Ollama expect them and its Modelfile names them; so an extra parameter
 * goes there too, unless it is a field of the request itself. A given `options` object is merged over the rest.
 */
function parametersOf({ temperature, maxTokens, extra }: Parameters): JsonObject {
  const isTop = (name: string, value: JsonValue): boolean =>
    TOP_LEVEL.has(name) || (name === 'options' && asObject(value) === undefined);
  const entries = Object.entries(extra);
  const options = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
    ...Object.fromEntries(entries.filter(([name, value]) => name !== 'options' && !isTop(name, value))),
    ...asObject(extra['options']),
  } as JsonObject;
  return {
    ...(Object.keys(options).length === 0 ? {} : { options }),
    // Last, so that what the user gave wins even over the model and the stream.
    ...Object.fromEntries(entries.filter(([name, value]) => isTop(name, value))),
  };
}

/** Fields of a chat or generate request beside `options`: https://github.com/ollama/ollama/blob/main/api/types.go */
const TOP_LEVEL: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'prompt',
  'suffix',
  'system',
  'template',
  'context',
  'images',
  'stream',
  'raw',
  'format',
  'keep_alive',
  'think',
  'tools',
  'truncate',
  'shift',
  'logprobs',
  'top_logprobs',
]);
