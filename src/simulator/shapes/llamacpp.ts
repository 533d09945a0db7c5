import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import { countWords, readLimit, readPrompt } from './request-fields.ts';
import {
  type Answer,
  type AnswerEnd,
  type Asked,
  type ErrorContext,
  type ErrorReply,
  type Frame,
  frameOf,
  PLAIN_SHAPE,
  type PostedRequest,
  type Shape,
  STREAM_FAILURE,
  type StreamWriter,
  type WholeAnswer,
} from './shape.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const LEAST_TOKEN_ID = 100;

/** llama.cpp's own completion: token ids in each event, timings in the last. */
export const llamacpp: Shape = {
  ...PLAIN_SHAPE,
  family: 'llamacpp',
  wire: 'sse',
  keys: ['bearer'],
  keepAlive: ':\n\n',
  hasReasoning: false,
  toolCalls: 'none',
  read: readLlamacppRequest,
  createWriter: createLlamacppWriter,
  formatWhole: formatWholeLlamacpp,
  formatError: llamacppError,
};

function readLlamacppRequest({ fields }: PostedRequest): Asked {
  const limit = fields['n_predict'];
  const { model } = fields;
  return {
    model: typeof model === 'string' ? model : undefined,
    wantsStream: fields['stream'] === true,
    hasStreamOptions: false,
    wantsUsage: true,
    // -1 means: as many as it takes.
    maxTokens: limit === -1 ? undefined : readLimit(limit, 'n_predict'),
    toolName: undefined,
    inputTokens: countWords(readPrompt(fields, 'prompt')),
  };
}

function createLlamacppWriter(answer: Answer): StreamWriter {
  const { plan, asked } = answer;
  const inputTokens = plan.options.inputTokens ?? asked.inputTokens;
  const isUsageEach = plan.options.usage !== 'none';
  return {
    open: () => [],
    turnTo: () => [],
    delta({ text, tokens, firstToken }, sent) {
      const ids = Array.from({ length: tokens }, (_, index) => LEAST_TOKEN_ID + firstToken + index).join();
      const counts = isUsageEach ? `,"tokens_predicted":${sent.output},"tokens_evaluated":${inputTokens}` : '';
      return frameOf(
        `{"index":0,"content":${JSON.stringify(text)},"tokens":[${ids}],"stop":false,"id_slot":0${counts}}`,
      );
    },
    close: (end) => [frameOf(JSON.stringify(lastObject(answer, end, '')))],
    fail: failureFrames,
  };
}

/** Builds through 2025 sent errors in a field of that name, and an end mark after it. */
function failureFrames(isField: boolean): readonly Frame[] {
  const error = { code: 500, message: STREAM_FAILURE, type: 'server_error' };
  if (!isField) return [frameOf(JSON.stringify({ error }))];
  return [
    { ...frameOf(JSON.stringify(error)), kind: 'error-field' },
    { ...frameOf('[DONE]'), kind: 'done' },
  ];
}

function formatWholeLlamacpp(answer: Answer, whole: WholeAnswer): string {
  return JSON.stringify(lastObject(answer, whole, whole.text));
}

/** All counts and timings; the prompt's tokens are those evaluated, cached ones included, and `prompt_n` leaves them out. */
function lastObject({ plan, asked, model }: Answer, end: AnswerEnd, content: string): JsonObject {
  const { usage, firstTokenMs, lastTokenMs, reason } = end;
  const settings = { seed: plan.seed, n_predict: asked.maxTokens ?? -1, stream: asked.wantsStream };
  return {
    index: 0,
    content,
    tokens: [],
    id_slot: 0,
    stop: true,
    model,
    ...(usage === undefined ? {} : { tokens_predicted: usage.outputTokens, tokens_evaluated: usage.inputTokens }),
    generation_settings: settings,
    prompt: '',
    has_new_line: false,
    truncated: false,
    stop_type: reason === 'length' ? 'limit' : 'eos',
    stopping_word: '',
    ...(usage === undefined ? {} : { tokens_cached: usage.inputTokens + usage.outputTokens }),
    ...(usage === undefined
      ? {}
      : {
          timings: {
            cache_n: usage.cachedTokens,
            ...timingsOf('prompt', usage.inputTokens - usage.cachedTokens, firstTokenMs),
            ...timingsOf('predicted', usage.outputTokens, lastTokenMs - firstTokenMs),
          },
        }),
  };
}

function timingsOf(name: string, tokens: number, ms: number): JsonObject {
  return {
    [`${name}_n`]: tokens,
    [`${name}_ms`]: ms,
    [`${name}_per_token_ms`]: tokens === 0 ? 0 : ms / tokens,
    [`${name}_per_second`]: ms === 0 ? 0 : (tokens / ms) * 1000,
  };
}

const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [503, 'unavailable_error'],
]);

function llamacppError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const { status, error } = refusal;
  const type = ERROR_TYPES.get(status) ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  const body = { error: { code: status, message: error.message, type } };
  return { body: JSON.stringify(body), headers: retryHeaders(refusal, context) };
}
