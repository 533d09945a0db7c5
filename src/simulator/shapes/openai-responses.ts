import type { TokenKind } from '../answer-tokens.ts';
import { openaiError } from './openai-error.ts';
import { countWords, readLimit, readPrompt, readToolName, textOf } from './request-fields.ts';
import { ResponseItem } from './response-item.ts';
import {
  type Answer,
  type AnswerEnd,
  type Asked,
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

/** OpenAI's Responses: named and numbered events, items with parts, the usage in the last event, no end mark. */
export const openaiResponses: Shape = {
  ...PLAIN_SHAPE,
  family: 'openai-responses',
  wire: 'sse',
  keys: ['bearer', 'api-key'],
  hasReasoning: true,
  toolCalls: 'pieces',
  read: readResponseRequest,
  createWriter: createResponseWriter,
  formatWhole: formatWholeResponse,
  formatError: openaiError,
};

function readResponseRequest({ fields }: PostedRequest): Asked {
  return {
    model: textOf(fields['model']),
    wantsStream: fields['stream'] === true,
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(fields['max_output_tokens'], 'max_output_tokens'),
    toolName: readToolName(fields['tools'], []),
    inputTokens: countWords(readPrompt(fields, 'input')) + countWords(fields['instructions']),
  };
}

function createResponseWriter(answer: Answer): StreamWriter {
  const items: ResponseItem[] = [];
  let item: ResponseItem | undefined;
  let sequenceNumber = 0;
  const event = (type: string, members: string): Frame => {
    sequenceNumber += 1;
    return frameOf(`{"type":"${type}","sequence_number":${sequenceNumber - 1},${members}}`, type);
  };
  const lifecycle = (type: string, fields: Readonly<Record<string, unknown>>): Frame =>
    event(type, `"response":${JSON.stringify({ ...responseOf(answer), ...fields })}`);
  const closeItem = (status: string): readonly Frame[] =>
    item?.doneEvents(status).map(([type, members]) => event(type, members)) ?? [];
  return {
    open: () => [
      lifecycle('response.created', { status: 'in_progress' }),
      lifecycle('response.in_progress', { status: 'in_progress' }),
    ],
    turnTo(kind: TokenKind) {
      const before = closeItem('completed');
      item = new ResponseItem(kind, answer, items.length);
      items.push(item);
      return [...before, ...item.addedEvents().map(([type, members]) => event(type, members))];
    },
    delta({ text }) {
      if (item === undefined || text === '') return undefined;
      const [type, members] = item.deltaEvent(text);
      return event(type, members);
    },
    close(end) {
      const { status } = outcomeOf(end);
      const output = items.map((one) => one.toObject(one === item ? status : 'completed'));
      return [...closeItem(status), lifecycle(`response.${status}`, { ...outcomeOf(end), output })];
    },
    fail() {
      const error = { type: 'server_error', code: 'server_error', message: STREAM_FAILURE, param: null };
      return [
        event('error', `"error":${JSON.stringify(error)}`),
        lifecycle('response.failed', { status: 'failed', error: { code: error.code, message: error.message } }),
      ];
    },
  };
}

function formatWholeResponse(answer: Answer, whole: WholeAnswer): string {
  const { plan } = answer;
  const outcome = outcomeOf(whole);
  const texts: readonly (readonly [TokenKind, string])[] = [
    ...(plan.reasoningTokens === 0 ? [] : [['reasoning', whole.reasoning] as const]),
    ...(plan.answerTokens === 0 ? [] : [[plan.toolName === undefined ? 'content' : 'tool-call', whole.text] as const]),
  ];
  const output = texts.map(([kind, text], index) => {
    const item = new ResponseItem(kind, answer, index);
    item.text = text;
    return item.toObject(index === texts.length - 1 ? outcome.status : 'completed');
  });
  return JSON.stringify({ ...responseOf(answer), ...outcome, output });
}

function outcomeOf({ reason, usage }: AnswerEnd): { readonly status: string; readonly [key: string]: unknown } {
  const isCut = reason === 'length';
  return {
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    usage: usage === undefined ? null : usageOf(usage),
  };
}

function responseOf({ plan, asked, model, createdAtMs }: Answer): Readonly<Record<string, unknown>> {
  return {
    id: `resp_sim_${plan.requestNumber}`,
    object: 'response',
    created_at: Math.floor(createdAtMs / 1000),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: asked.maxTokens ?? null,
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: 1,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: null,
    metadata: {},
  };
}

/** Cached tokens are part of the input, reasoning part of the output. */
function usageOf(usage: UsageCount): Readonly<Record<string, unknown>> {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedTokens,
      ...(usage.cacheWriteTokens === 0 ? {} : { cache_write_tokens: usage.cacheWriteTokens }),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningTokens },
    total_tokens: usage.inputTokens + usage.outputTokens,
  };
}
