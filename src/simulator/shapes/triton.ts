import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import { countWords, objectOf, readLimit, readPrompt } from './request-fields.ts';
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
} from './shape.ts';

/** Triton's generate extension: text and nothing else, neither usage nor reason nor end mark. */
export const triton: Shape = {
  ...PLAIN_SHAPE,
  family: 'triton',
  wire: 'sse',
  keys: ['bearer'],
  hasReasoning: false,
  toolCalls: 'none',
  read: readTritonRequest,
  createWriter: createTritonWriter,
  formatWhole: (answer, { text }) => formatOutput(answer, text),
  formatError: tritonError,
};

function readTritonRequest({ fields, params }: PostedRequest): Asked {
  const [model = '', , method] = params;
  const limit = fields['max_tokens'] ?? objectOf(fields['parameters'])['max_tokens'];
  return {
    model,
    wantsStream: method === 'generate_stream',
    hasStreamOptions: false,
    wantsUsage: false,
    maxTokens: readLimit(limit),
    toolName: undefined,
    inputTokens: countWords(readPrompt(fields, 'text_input')),
  };
}

function createTritonWriter(answer: Answer): StreamWriter {
  let text = '';
  return {
    open: () => [],
    turnTo: () => [],
    delta(chunk) {
      // Some backends send all the text so far each time.
      text = answer.plan.options.cumulativeText ? text + chunk.text : chunk.text;
      return frameOf(formatOutput(answer, text));
    },
    close: () => [],
    fail: () => [frameOf(JSON.stringify({ error: STREAM_FAILURE }))],
  };
}

function formatOutput({ model }: Answer, text: string): string {
  return `{"model_name":${JSON.stringify(model)},"model_version":"1","text_output":${JSON.stringify(text)}}`;
}

function tritonError(refusal: Refusal, context: ErrorContext): ErrorReply {
  return { body: JSON.stringify({ error: refusal.error.message }), headers: retryHeaders(refusal, context) };
}
