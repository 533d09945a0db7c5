import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import { countWords, objectOf, readLimit, readPrompt, textOf } from './request-fields.ts';
import {
  type Answer,
  type Asked,
  type ErrorContext,
  type ErrorReply,
  frameOf,
  PLAIN_SHAPE,
  type PostedRequest,
  type Shape,
  STREAM_FAILURE,
  type StreamWriter,
  type TicketRequest,
  type WholeAnswer,
} from './shape.ts';

/** Replicate's predictions: made in one request, read in another as bare text, one event a token, and no usage in the stream. */
export const replicate: Shape = {
  ...PLAIN_SHAPE,
  family: 'replicate',
  wire: 'sse',
  keys: ['bearer', 'token'],
  hasReasoning: false,
  toolCalls: 'none',
  read: readPrediction,
  createWriter: createPredictionWriter,
  formatWhole: formatWholePrediction,
  formatError: replicateError,
  wholeStatus: 201,
  ticketFor,
};

function readPrediction({ fields, params, headers }: PostedRequest): Asked {
  const input = objectOf(fields['input']);
  const [model = ''] = params;
  return {
    model: model === '' ? textOf(fields['version']) : model,
    // With this the answer to the first request is the prediction's end.
    wantsStream: !isWaiting(headers),
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(input['max_tokens'] ?? input['max_new_tokens']),
    toolName: undefined,
    inputTokens: countWords(readPrompt(input, 'prompt')) + countWords(input['system_prompt']),
  };
}

function isWaiting(headers: ReadonlyMap<string, string>): boolean {
  return headers.get('prefer')?.startsWith('wait') === true;
}

/** The prediction as it starts, with the addresses of its stream and of itself. */
function ticketFor({ asked, headers, requestNumber }: TicketRequest): string | undefined {
  if (isWaiting(headers)) return undefined;
  const base = `http://${headers.get('host') ?? 'localhost'}/v1`;
  const id = `sim-${requestNumber}`;
  return JSON.stringify({
    ...predictionOf(asked.model ?? '', id),
    status: 'starting',
    urls: {
      cancel: `${base}/predictions/${id}/cancel`,
      get: `${base}/predictions/${id}`,
      stream: `${base}/streams/${id}`,
    },
  });
}

/** A prediction whose tokens are still coming. */
export function formatUnfinished(model: string, id: string): string {
  return JSON.stringify({ ...predictionOf(model, id), status: 'processing' });
}

function predictionOf(model: string, id: string): Readonly<Record<string, unknown>> {
  return { id, model, version: 'hidden', input: {}, logs: '', output: null, error: null };
}

function createPredictionWriter(answer: Answer): StreamWriter {
  const seconds = Math.floor(answer.createdAtMs / 1000);
  let eventNumber = 0;
  const nextId = (): string => {
    eventNumber += 1;
    return `${seconds}:${eventNumber - 1}`;
  };
  return {
    open: () => [],
    turnTo: () => [],
    delta: ({ text }) => frameOf(text, 'output', nextId()),
    close: () => [frameOf('{}', 'done', nextId())],
    fail: () => [
      frameOf(JSON.stringify({ detail: STREAM_FAILURE }), 'error', nextId()),
      frameOf('{"reason":"error"}', 'done', nextId()),
    ],
  };
}

/** The output is a list of texts; the counts are among the metrics, times in seconds. */
function formatWholePrediction({ plan, model }: Answer, whole: WholeAnswer): string {
  const { usage, text, firstTokenMs, lastTokenMs } = whole;
  const counts =
    usage === undefined ? {} : { input_token_count: usage.inputTokens, output_token_count: usage.outputTokens };
  return JSON.stringify({
    ...predictionOf(model, `sim-${plan.requestNumber}`),
    output: text === '' ? [] : [text],
    status: 'succeeded',
    metrics: { ...counts, predict_time: lastTokenMs / 1000, time_to_first_token: firstTokenMs / 1000 },
  });
}

function replicateError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const { status, error } = refusal;
  const body = JSON.stringify({ title: error.type, detail: error.message, status });
  return { body, headers: retryHeaders(refusal, context) };
}
