import type { TokenKind } from '../answer-tokens.ts';
import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import { countWords, readLimit, readList, readToolName, textOf } from './request-fields.ts';
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

type JsonObject = Readonly<Record<string, unknown>>;

const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
};

/** Cohere's chat, version 2: events named by their type, content in parts, a call as an object instead of a list. */
export const cohere: Shape = {
  ...PLAIN_SHAPE,
  family: 'cohere',
  wire: 'sse',
  keys: ['bearer'],
  hasReasoning: true,
  toolCalls: 'pieces',
  read: readCohereRequest,
  createWriter: createCohereWriter,
  formatWhole: formatWholeCohere,
  formatError: cohereError,
};

function readCohereRequest({ fields }: PostedRequest): Asked {
  return {
    model: textOf(fields['model']),
    wantsStream: fields['stream'] === true,
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(fields['max_tokens']),
    toolName: readToolName(fields['tools'], ['function']),
    inputTokens: countWords(readList(fields, 'messages')),
  };
}

function createCohereWriter(answer: Answer): StreamWriter {
  let kind: TokenKind | undefined;
  let index = -1;
  let prefix = '';
  const event = (type: string, message: JsonObject, fields: JsonObject = {}): Frame =>
    frameOf(JSON.stringify({ type, ...fields, delta: { message } }), type);
  const endPart = (): readonly Frame[] => {
    if (kind === undefined) return [];
    const type = kind === 'tool-call' ? 'tool-call-end' : 'content-end';
    return [frameOf(JSON.stringify({ type, index }), type)];
  };
  return {
    open: () => [
      event(
        'message-start',
        { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] },
        { id: idOf(answer) },
      ),
    ],
    turnTo(next) {
      const before = endPart();
      // Content and calls are counted apart.
      index = next === 'tool-call' ? 0 : index + 1;
      kind = next;
      const type = kind === 'tool-call' ? 'tool-call-delta' : 'content-delta';
      prefix = `{"type":"${type}","index":${index},"delta":{"message":${DELTA_OPENINGS[kind]}`;
      const start =
        kind === 'tool-call'
          ? event('tool-call-start', { tool_calls: callOf(answer, '') }, { index })
          : event('content-start', { content: EMPTY_PARTS[kind] }, { index });
      return [...before, start];
    },
    delta({ kind: of, text }) {
      if (of === 'tool-call' && text === '') return undefined;
      const type = of === 'tool-call' ? 'tool-call-delta' : 'content-delta';
      return frameOf(`${prefix}${JSON.stringify(text)}${of === 'tool-call' ? '}}' : '}'}}}}`, type);
    },
    close: ({ reason, usage }) => [
      ...endPart(),
      endOf({ finish_reason: FINISH_REASONS[reason], ...(usage === undefined ? {} : { usage: usageOf(usage) }) }),
    ],
    fail: () => [endOf({ finish_reason: 'ERROR', error: STREAM_FAILURE })],
  };
}

function endOf(delta: JsonObject): Frame {
  return frameOf(JSON.stringify({ type: 'message-end', delta }), 'message-end');
}

const DELTA_OPENINGS: Readonly<Record<TokenKind, string>> = {
  reasoning: '{"content":{"thinking":',
  content: '{"content":{"text":',
  'tool-call': '{"tool_calls":{"function":{"arguments":',
};
const EMPTY_PARTS: Readonly<Record<'reasoning' | 'content', JsonObject>> = {
  reasoning: { type: 'thinking', thinking: '' },
  content: { type: 'text', text: '' },
};

function callOf({ plan }: Answer, text: string): JsonObject {
  return {
    id: `call_sim_${plan.requestNumber}`,
    type: 'function',
    function: { name: plan.toolName, arguments: text },
  };
}

function formatWholeCohere(answer: Answer, { reason, usage, reasoning, text }: WholeAnswer): string {
  const { plan } = answer;
  const isCall = plan.toolName !== undefined;
  const content: JsonObject[] = [];
  if (plan.reasoningTokens > 0) content.push({ type: 'thinking', thinking: reasoning });
  if (plan.answerTokens > 0 && !isCall) content.push({ type: 'text', text });
  const message = {
    role: 'assistant',
    ...(content.length === 0 ? {} : { content }),
    ...(isCall ? { tool_calls: [callOf(answer, text)] } : {}),
  };
  return JSON.stringify({
    id: idOf(answer),
    finish_reason: FINISH_REASONS[reason],
    message,
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
  });
}

/** What is charged stands beside what was counted; here both are the same, except that the cache is free. */
function usageOf(usage: UsageCount): JsonObject {
  return {
    billed_units: { input_tokens: usage.inputTokens - usage.cachedTokens, output_tokens: usage.outputTokens },
    tokens: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
    ...(usage.cachedTokens === 0 ? {} : { cached_tokens: usage.cachedTokens }),
  };
}

function idOf({ plan }: Answer): string {
  return `sim-${plan.requestNumber}`;
}

function cohereError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const body = { id: `sim-${context.requestNumber}`, message: refusal.error.message };
  return { body: JSON.stringify(body), headers: retryHeaders(refusal, context) };
}
