import type { HttpRequest } from '../../model/exchange.ts';
import type { Parameters } from '../../model/parameters.ts';
import type { JsonObject, JsonValue } from '../../model/units.ts';
import { awsHeaders, bedrockUrl } from '../aws-request.ts';
import type { EncodeInput } from '../dialect.ts';
import { toolFields, toTurns } from './turns.ts';

/**
 * `POST {url}/model/{model}/converse-stream`, unstreamed `/converse`. A parameter that was not given is not sent. The user's own
 * headers win over ours. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
 */
export function encode(input: EncodeInput): HttpRequest {
  const { messages } = input;
  const system = messages.filter(({ role }) => role === 'system');
  const body = {
    messages: toTurns(messages),
    ...(system.length === 0 ? {} : { system: system.map(({ content }) => ({ text: content })) }),
    ...toolFields(input),
    ...placeParameters(input.parameters),
  };
  return {
    method: 'POST',
    url: bedrockUrl(input, input.isStreamed ? 'converse-stream' : 'converse'),
    headers: awsHeaders(input),
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/**
 * The four parameters that Bedrock knows go to `inferenceConfig`, the request's own fields stay, and all others are the model
 * vendor's: they go to `additionalModelRequestFields`, spelt as they are. Either object, when given, is laid over ours.
 */
function placeParameters({ temperature, maxTokens, maxTokensName, extra }: Parameters): JsonObject {
  const { inferenceConfig, additionalModelRequestFields, ...given } = extra;
  const fields: Record<string, JsonValue> = {};
  const config: Record<string, JsonValue> = {};
  const vendor: Record<string, JsonValue> = {};
  if (maxTokens !== undefined) config[maxTokensName ?? 'maxTokens'] = maxTokens;
  if (temperature !== undefined) config['temperature'] = temperature;
  for (const [name, value] of Object.entries(given)) {
    if (REQUEST_FIELDS.has(name)) fields[name] = value;
    else if (INFERENCE_FIELDS.has(name)) config[name] = value;
    else vendor[name] = value;
  }
  Object.assign(config, inferenceConfig);
  Object.assign(vendor, additionalModelRequestFields);
  return {
    ...(Object.keys(config).length === 0 ? {} : { inferenceConfig: config }),
    ...(Object.keys(vendor).length === 0 ? {} : { additionalModelRequestFields: vendor }),
    ...fields,
  };
}

const INFERENCE_FIELDS: ReadonlySet<string> = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences']);

const REQUEST_FIELDS: ReadonlySet<string> = new Set([
  'messages',
  'system',
  'toolConfig',
  'guardrailConfig',
  'promptVariables',
  'additionalModelResponseFieldPaths',
  'requestMetadata',
  'performanceConfig',
  'serviceTier',
  'outputConfig',
]);
