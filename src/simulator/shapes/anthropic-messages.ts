import type { TokenKind } from '../answer-tokens.ts';
import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import { badRequest, countWords, readLimit, readList, readToolName, textOf } from './request-fields.ts';
import {
  type Answer,
  type Asked,
  type ErrorContext,
  type ErrorReply,
  type FinishReason,
  type Frame,
  frameOf,
  PLAIN_SHAPE,
  type PostedRequest,
  type Shape,
  STREAM_FAILURE,
  type StreamWriter,
  type UsageCount,
  type WholeAnswer,
} from './shape.ts';
import { parseArguments } from './tool-arguments.ts';
import { countUsage } from './usage-count.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
};
/** Stands for the thinking's signature, which is random to everyone but Anthropic. */
const SIGNATURE = 'c2ltdWxhdGVk';

/** Anthropic's messages: named events, blocks with a start and an end, input tokens without what the cache gave. */
export const anthropicMessages: Shape = {
  ...PLAIN_SHAPE,
  family: 'anthropic-messages',
  wire: 'sse',
  keys: ['x-api-key', 'bearer'],
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  hasReasoning: true,
  toolCalls: 'pieces',
  read: readMessagesRequest,
  createWriter: createMessagesWriter,
  formatWhole: formatWholeMessage,
  formatError: anthropicError,
  headersOf: ({ plan }) => ({ 'request-id': `req_sim_${plan.requestNumber}` }),
};

/** Vertex AI: the path names model and manner, the body the version. */
export const vertexAnthropic: Shape = {
  ...anthropicMessages,
  keys: ['bearer'],
  read({ fields, params }) {
    const [model = '', method = ''] = params;
    if (typeof fields['anthropic_version'] !== 'string') throw badRequest('anthropic_version: Field required');
    return { ...readMessageFields(fields), model, wantsStream: method === 'streamRawPredict' };
  },
};

function readMessagesRequest({ fields, headers }: PostedRequest): Asked {
  if (!headers.has('anthropic-version')) throw badRequest('anthropic-version: header is required');
  return readMessageFields(fields);
}

/** The body, whoever carries it; throws Refusal. */
export function readMessageFields(fields: JsonObject): Asked {
  if (fields['max_tokens'] === undefined) throw badRequest('max_tokens: Field required');
  return {
    model: textOf(fields['model']),
    wantsStream: fields['stream'] === true,
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(fields['max_tokens']),
    toolName: readToolName(fields['tools'], []),
    inputTokens: countWords(readList(fields, 'messages')) + countWords(fields['system']),
  };
}

/** The frames of Anthropic's stream; Bedrock carries them too. */
export function createMessagesWriter(answer: Answer): StreamWriter {
  const { plan } = answer;
  let index = -1;
  let kind: TokenKind | undefined;
  let prefix = '';
  const event = (fields: JsonObject & { readonly type: string }): Frame => frameOf(JSON.stringify(fields), fields.type);
  const stopBlock = (): readonly Frame[] => {
    if (kind === undefined) return [];
    const stop = event({ type: 'content_block_stop', index });
    if (kind !== 'reasoning') return [stop];
    const delta = { type: 'signature_delta', signature: SIGNATURE };
    return [event({ type: 'content_block_delta', index, delta }), stop];
  };
  return {
    open: () => [event({ type: 'message_start', message: openMessage(answer) }), event({ type: 'ping' })],
    turnTo(next) {
      const before = stopBlock();
      index += 1;
      kind = next;
      prefix = `{"type":"content_block_delta","index":${index},"delta":{${DELTA_OPENINGS[kind]}`;
      return [...before, event({ type: 'content_block_start', index, content_block: emptyBlock(answer, kind) })];
    },
    delta: ({ text }) => frameOf(`${prefix}${JSON.stringify(text)}}}`, 'content_block_delta'),
    close({ reason, usage }) {
      const counts = usage === undefined ? undefined : { ...usageOf(usage), ...outputDetails(usage) };
      const delta = { stop_reason: STOP_REASONS[reason], stop_sequence: null };
      return [
        ...stopBlock(),
        event({ type: 'message_delta', delta, ...(counts === undefined ? {} : { usage: counts }) }),
        event({ type: 'message_stop' }),
      ];
    },
    fail: () => [
      event({
        type: 'error',
        error: { type: 'overloaded_error', message: STREAM_FAILURE },
        request_id: `req_sim_${plan.requestNumber}`,
      }),
    ],
  };
}

const DELTA_OPENINGS: Readonly<Record<TokenKind, string>> = {
  reasoning: '"type":"thinking_delta","thinking":',
  content: '"type":"text_delta","text":',
  'tool-call': '"type":"input_json_delta","partial_json":',
};

function emptyBlock({ plan }: Answer, kind: TokenKind): JsonObject {
  if (kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' };
  if (kind === 'content') return { type: 'text', text: '' };
  return { type: 'tool_use', id: `toolu_sim_${plan.requestNumber}`, name: plan.toolName, input: {} };
}

function openMessage(answer: Answer): JsonObject {
  const { plan, model } = answer;
  // The output is an estimate until the end.
  const usage = { ...countUsage(answer, { output: 0, reasoning: 0 }), outputTokens: 1 };
  return {
    id: `msg_sim_${plan.requestNumber}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    ...(plan.options.usage === 'none' ? {} : { usage: usageOf(usage) }),
  };
}

export function formatWholeMessage(answer: Answer, whole: WholeAnswer): string {
  const { plan } = answer;
  const { reason, usage, reasoning, text } = whole;
  const content: JsonObject[] = [];
  if (plan.reasoningTokens > 0) content.push({ type: 'thinking', thinking: reasoning, signature: SIGNATURE });
  if (plan.answerTokens > 0 && plan.toolName === undefined) content.push({ type: 'text', text });
  if (plan.answerTokens > 0 && plan.toolName !== undefined) {
    content.push({ ...emptyBlock(answer, 'tool-call'), input: parseArguments(text, plan) });
  }
  const { usage: _, ...message } = openMessage(answer);
  return JSON.stringify({
    ...message,
    content,
    stop_reason: STOP_REASONS[reason],
    ...(usage === undefined ? {} : { usage: { ...usageOf(usage), ...outputDetails(usage) } }),
  });
}

/** Anthropic leaves what was read from or written to the cache out of the input. */
function usageOf(usage: UsageCount): JsonObject {
  return {
    input_tokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    cache_creation_input_tokens: usage.cacheWriteTokens,
    cache_read_input_tokens: usage.cachedTokens,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWriteTokens, ephemeral_1h_input_tokens: 0 },
    output_tokens: usage.outputTokens,
  };
}

function outputDetails({ reasoningTokens }: UsageCount): JsonObject {
  return reasoningTokens === 0 ? {} : { output_tokens_details: { thinking_tokens: reasoningTokens } };
}

const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

function anthropicError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const { status, error } = refusal;
  const type = ERROR_TYPES.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  const requestId = `req_sim_${context.requestNumber}`;
  return {
    body: JSON.stringify({ type: 'error', error: { type, message: error.message }, request_id: requestId }),
    headers: { 'request-id': requestId, ...retryHeaders(refusal, context) },
  };
}
