import type { AnswerPlan, TokenChunk } from '../answer-tokens.ts';
import { openaiError, openaiFailure } from './openai-error.ts';
import { countWords, type JsonFields, objectOf, readLimit, readList, readToolName, textOf } from './request-fields.ts';
import {
  type Answer,
  type Asked,
  DONE_FRAME,
  type Frame,
  frameOf,
  PLAIN_SHAPE,
  type PostedRequest,
  type Shape,
  type StreamWriter,
  type UsageCount,
  type WholeAnswer,
} from './shape.ts';
import { countUsage } from './usage-count.ts';

export const FINISH_REASONS = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls' } as const;

/** OpenAI's chat completions, which most servers speak. */
export const openaiChat: Shape = {
  ...PLAIN_SHAPE,
  family: 'openai-chat',
  wire: 'sse',
  keys: ['bearer', 'api-key'],
  hasReasoning: true,
  toolCalls: 'pieces',
  read: readChatRequest,
  createWriter: createChatWriter,
  formatWhole: formatWholeChat,
  formatError: openaiError,
};

/** The same where the path names the model: Databricks serving endpoints. */
export const openaiChatByPath: Shape = {
  ...openaiChat,
  read: (request) => ({ ...readChatRequest(request), model: request.params[0] ?? '' }),
};

/** Azure's deployments: the first chunk has no choice, only what the filter thought of the prompt. */
export const azureChat: Shape = {
  ...openaiChatByPath,
  createWriter(answer) {
    const writer = createChatWriter(answer);
    return { ...writer, open: () => [frameOf(PROMPT_FILTER_CHUNK), ...writer.open()] };
  },
  formatError: (refusal, context) => {
    const { body, headers } = openaiError(refusal, context);
    const seconds = headers['retry-after'];
    return seconds === undefined
      ? { body, headers }
      : { body, headers: { ...headers, 'retry-after-ms': String(Number(seconds) * 1000) } };
  },
  headersOf: ({ plan }) => ({ 'apim-request-id': `sim-${plan.requestNumber}` }),
};

const PROMPT_FILTER_CHUNK: string = JSON.stringify({
  id: '',
  object: '',
  created: 0,
  model: '',
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: 'safe' } } }],
  choices: [],
});

function readChatRequest({ fields }: PostedRequest): Asked {
  return {
    model: textOf(fields['model']),
    wantsStream: fields['stream'] === true,
    ...readStreamOptions(fields),
    maxTokens: readLimit(fields['max_completion_tokens'] ?? fields['max_tokens']),
    toolName: readToolName(fields['tools'], ['function']),
    inputTokens: countWords(readList(fields, 'messages')),
  };
}

/** What the OpenAI families ask for in `stream_options`; an answer that is not streamed always has its usage. */
export function readStreamOptions(fields: JsonFields): Pick<Asked, 'hasStreamOptions' | 'wantsUsage'> {
  const options = fields['stream_options'];
  const hasStreamOptions = options !== undefined && options !== null;
  return { hasStreamOptions, wantsUsage: objectOf(options)['include_usage'] === true };
}

/** Assembled by hand: one string per token is the simulator's hottest path. */
function createChatWriter(answer: Answer): StreamWriter {
  const { plan, asked } = answer;
  const { options } = plan;
  const prefix = `${openingOf(answer, 'chat.completion.chunk')},"choices":[`;
  const isUsageOwn = options.usage === 'own' && asked.wantsUsage;
  // OpenAI sends "usage":null in all other chunks once the usage was asked for.
  const absentUsage = isUsageOwn ? ',"usage":null' : '';
  const isUsageEach = options.usage === 'every';
  let role = options.firstChunk === 'text' ? '"role":"assistant",' : '';
  const format = (delta: string, finish: string, usage: string): Frame =>
    frameOf(`${prefix}{"index":0,"delta":${delta},"finish_reason":${finish}}]${usage}}`);
  return {
    open: () =>
      options.firstChunk === 'role' ? [format('{"role":"assistant","content":""}', 'null', absentUsage)] : [],
    turnTo: () => [],
    delta(chunk, sent) {
      const delta = `{${role}${formatDelta(plan, chunk)}}`;
      role = '';
      return format(delta, 'null', isUsageEach ? usageMember(countUsage(answer, sent)) : absentUsage);
    },
    close({ reason, usage }) {
      const isInFinish = options.usage === 'finish' || isUsageEach;
      const finishUsage = isInFinish && usage !== undefined ? usageMember(usage) : absentUsage;
      const finish = format('{}', `"${FINISH_REASONS[reason]}"`, finishUsage);
      if (!isUsageOwn || usage === undefined) return [finish, DONE_FRAME];
      return [finish, frameOf(`${prefix}]${usageMember(usage)}}`), DONE_FRAME];
    },
    fail: openaiFailure,
  };
}

/** What a chunk of tokens says, as JSON without braces. */
export function formatDelta(plan: AnswerPlan, { kind, text, firstToken }: TokenChunk): string {
  const quoted = JSON.stringify(text);
  if (kind === 'reasoning') return `"${plan.options.reasoningField}":${quoted}`;
  if (kind === 'content') return `"content":${quoted}`;
  if (firstToken > 0) return `"tool_calls":[{"index":0,"function":{"arguments":${quoted}}}]`;
  const name = JSON.stringify(plan.toolName);
  const definition = `"function":{"name":${name},"arguments":${quoted}}`;
  return `"tool_calls":[{"index":0,"id":"${callId(plan)}","type":"function",${definition}}]`;
}

function formatWholeChat(answer: Answer, whole: WholeAnswer): string {
  const usageText = whole.usage === undefined ? '' : usageMember(whole.usage);
  return `${openingOf(answer, 'chat.completion')},"choices":[${formatWholeChoice(answer, whole)}]${usageText}}`;
}

/** The one choice of an answer that is not streamed. */
export function formatWholeChoice({ plan }: Answer, { reason, reasoning, text }: WholeAnswer): string {
  const call = { id: callId(plan), type: 'function', function: { name: plan.toolName, arguments: text } };
  const message = {
    role: 'assistant',
    content: plan.toolName === undefined ? text : null,
    ...(plan.reasoningTokens === 0 ? {} : { [plan.options.reasoningField]: reasoning }),
    ...(plan.toolName === undefined ? {} : { tool_calls: [call] }),
  };
  return JSON.stringify({ index: 0, message, finish_reason: FINISH_REASONS[reason] });
}

function openingOf({ plan, model, createdAtMs }: Answer, object: string): string {
  const created = Math.floor(createdAtMs / 1000);
  return `{"id":"chatcmpl-sim-${plan.requestNumber}","object":"${object}","created":${created},"model":${JSON.stringify(model)}`;
}

/** OpenAI's usage, with a comma in front: cached tokens are part of the prompt, reasoning part of the completion. */
export function usageMember(usage: UsageCount): string {
  return `,"usage":${JSON.stringify({
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens,
      ...(usage.cacheWriteTokens === 0 ? {} : { cache_write_tokens: usage.cacheWriteTokens }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  })}`;
}

function callId(plan: AnswerPlan): string {
  return `call_sim_${plan.requestNumber}`;
}
