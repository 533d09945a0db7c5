import type { SentTokens } from '../answer-tokens.ts';
import type { Refusal } from '../refusal.ts';
import type { Headers } from '../response-head.ts';
import { retryHeaders } from './openai-error.ts';
import { countWords, objectOf, readLimit, readPrompt } from './request-fields.ts';
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
import { countUsage } from './usage-count.ts';

/** The first token's id. */
const LEAST_TOKEN_ID = 100;
const END_OF_TEXT = '{"id":2,"text":"</s>","logprob":-0.1,"special":true}';

/** Hugging Face's TGI: one token an event with its id, counts only if details are asked for. */
export const tgi: Shape = {
  ...PLAIN_SHAPE,
  family: 'tgi',
  wire: 'sse',
  keys: ['bearer'],
  keepAlive: ':\n\n',
  hasReasoning: false,
  toolCalls: 'none',
  read: readTgiRequest,
  createWriter: createTgiWriter,
  formatWhole: formatWholeTgi,
  formatError: tgiError,
  headersOf: countHeaders,
};

function readTgiRequest({ fields, params }: PostedRequest): Asked {
  const parameters = objectOf(fields['parameters']);
  const [route = ''] = params;
  return {
    model: undefined,
    wantsStream: route === 'generate_stream' || (route === '' && fields['stream'] === true),
    hasStreamOptions: false,
    wantsUsage: parameters['details'] === true,
    maxTokens: readLimit(parameters['max_new_tokens'], 'max_new_tokens'),
    toolName: undefined,
    inputTokens: countWords(readPrompt(fields, 'inputs')),
  };
}

function createTgiWriter(answer: Answer): StreamWriter {
  const { plan } = answer;
  let index = 0;
  let text = '';
  const format = (token: string, generatedText: string, details: string): Frame => {
    index += 1;
    const outcome = `"generated_text":${generatedText},"details":${details}`;
    return frameOf(`{"index":${index},"token":${token},"top_tokens":[],${outcome}}`);
  };
  const usageOf = (sent: SentTokens): UsageCount | undefined =>
    plan.options.usage === 'none' ? undefined : countUsage(answer, sent);
  return {
    open: () => [],
    turnTo: () => [],
    delta(chunk, sent) {
      text += chunk.text;
      const quoted = JSON.stringify(chunk.text);
      const token = `{"id":${LEAST_TOKEN_ID + index},"text":${quoted},"logprob":-0.5,"special":false}`;
      // An answer cut by the limit ends with its last token, another one with the token that ends a text.
      const isEnd = chunk.isLast && plan.isCutByLimit;
      if (!isEnd) return format(token, 'null', 'null');
      return format(token, JSON.stringify(text), detailsOf(answer, 'length', usageOf(sent)));
    },
    close({ reason, usage, sent }) {
      if (plan.isCutByLimit && sent.output > 0) return [];
      return [format(END_OF_TEXT, JSON.stringify(text), detailsOf(answer, reason, usage))];
    },
    fail: () => [frameOf(JSON.stringify({ error: STREAM_FAILURE, error_type: 'generation' }))],
  };
}

/** The prompt's length is told in streams only. */
function detailsOf({ asked, plan }: Answer, reason: FinishReason, usage: UsageCount | undefined): string {
  if (!asked.wantsUsage || usage === undefined) return 'null';
  const details = {
    finish_reason: reason === 'length' ? 'length' : 'eos_token',
    generated_tokens: usage.outputTokens,
    seed: plan.seed,
    ...(asked.wantsStream ? { input_length: usage.inputTokens } : { prefill: [], tokens: [] }),
  };
  return JSON.stringify(details);
}

function formatWholeTgi(answer: Answer, { reason, usage, text }: WholeAnswer): string {
  const { wantsUsage } = answer.asked;
  const details = wantsUsage ? `,"details":${detailsOf(answer, reason, usage)}` : '';
  return `{"generated_text":${JSON.stringify(text)}${details}}`;
}

/** Answers that are not streamed tell some counts in their headers. */
function countHeaders(answer: Answer): Headers {
  const { asked, plan } = answer;
  if (asked.wantsStream || plan.options.usage === 'none') return {};
  const usage = countUsage(answer, { output: plan.answerTokens, reasoning: 0 });
  return { 'x-prompt-tokens': String(usage.inputTokens), 'x-generated-tokens': String(usage.outputTokens) };
}

function tgiError(refusal: Refusal, context: ErrorContext): ErrorReply {
  const { status, error } = refusal;
  const body = {
    error: error.message,
    error_type: ERROR_TYPES.get(status) ?? (status < 500 ? 'validation' : 'generation'),
  };
  return { body: JSON.stringify(body), headers: retryHeaders(refusal, context) };
}

const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [429, 'overloaded'],
  [503, 'overloaded'],
  [529, 'overloaded'],
]);
