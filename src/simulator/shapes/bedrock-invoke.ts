import { createMessagesWriter, formatWholeMessage, readMessageFields } from './anthropic-messages.ts';
import { bedrockFailure } from './bedrock-converse.ts';
import { bedrockError } from './bedrock-error.ts';
import { badRequest, countWords, type JsonFields, readLimit, readPrompt } from './request-fields.ts';
import {
  type Answer,
  type AnswerEnd,
  type Asked,
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

type JsonObject = Readonly<Record<string, unknown>>;

const SHARED = {
  ...PLAIN_SHAPE,
  family: 'bedrock',
  wire: 'aws-event-stream',
  keys: ['bearer', 'aws-signature'],
  keepAlive: '',
  formatError: bedrockError,
  headersOf: countHeaders,
} as const;

/** Claude's own messages in Bedrock's messages, without pings, and with the service's metrics in the last. */
const invokeAnthropic: Shape = {
  ...SHARED,
  hasReasoning: true,
  toolCalls: 'pieces',
  read: ({ fields, params }) => ({ ...readMessageFields(fields), ...placeOf(params) }),
  createWriter: (answer) => wrap(createMessagesWriter(answer)),
  formatWhole: formatWholeMessage,
};

/** Llama's prompt and generation. */
const invokeLlama: Shape = {
  ...SHARED,
  hasReasoning: false,
  toolCalls: 'none',
  read: readLlamaRequest,
  createWriter: (answer) => wrap(createLlamaWriter(answer)),
  formatWhole: formatWholeLlama,
};

/** Bedrock's way to models in their makers' own words; the body tells whose they are. */
export const bedrockInvoke: Shape = { ...invokeAnthropic, forBody: shapeForBody };

function shapeForBody(fields: JsonFields): Shape {
  if (typeof fields['anthropic_version'] === 'string') return invokeAnthropic;
  if (fields['prompt'] !== undefined) return invokeLlama;
  throw badRequest(
    'Malformed input request: neither anthropic_version nor prompt, please reformat your input and try again.',
  );
}

function placeOf([model = '', method]: readonly string[]): Pick<Asked, 'model' | 'wantsStream'> {
  return { model, wantsStream: method === 'invoke-with-response-stream' };
}

/** The maker's frames, each in a `chunk` as base64. */
function wrap(writer: StreamWriter): StreamWriter {
  const chunk = ({ data }: Frame): Frame =>
    frameOf(JSON.stringify({ bytes: Buffer.from(data).toString('base64'), p: 'abc' }), 'chunk');
  const chunks = (frames: readonly Frame[]): readonly Frame[] =>
    frames.filter(({ name }) => name !== 'ping').map(chunk);
  return {
    open: () => chunks(writer.open()),
    turnTo: (kind) => chunks(writer.turnTo(kind)),
    delta(part, sent) {
      const frame = writer.delta(part, sent);
      return frame === undefined ? undefined : chunk(frame);
    },
    close(end) {
      const frames = writer.close(end);
      const last = frames.at(-1);
      if (last === undefined || end.usage === undefined) return chunks(frames);
      const metrics = { 'amazon-bedrock-invocationMetrics': metricsOf(end, end.usage) };
      return chunks([
        ...frames.slice(0, -1),
        { ...last, data: JSON.stringify({ ...JSON.parse(last.data), ...metrics }) },
      ]);
    },
    fail: bedrockFailure,
  };
}

/** Milliseconds of the service; the cache's tokens stand beside the input's. */
function metricsOf({ firstTokenMs, lastTokenMs }: AnswerEnd, usage: UsageCount): JsonObject {
  return {
    inputTokenCount: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    outputTokenCount: usage.outputTokens,
    invocationLatency: Math.round(lastTokenMs),
    firstByteLatency: Math.round(firstTokenMs),
    ...(usage.cachedTokens === 0 ? {} : { cacheReadInputTokenCount: usage.cachedTokens }),
    ...(usage.cacheWriteTokens === 0 ? {} : { cacheWriteInputTokenCount: usage.cacheWriteTokens }),
  };
}

/** An answer that is not streamed tells its counts in headers. */
function countHeaders(answer: Answer): Readonly<Record<string, string>> {
  const { asked, plan } = answer;
  const id = { 'x-amzn-requestid': `sim-${plan.requestNumber}` };
  if (asked.wantsStream || plan.options.usage === 'none') return id;
  const { reasoningTokens: reasoning, answerTokens } = plan;
  const usage = countUsage(answer, { output: reasoning + answerTokens, reasoning });
  return {
    ...id,
    'x-amzn-bedrock-input-token-count': String(usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens),
    'x-amzn-bedrock-output-token-count': String(usage.outputTokens),
  };
}

function readLlamaRequest({ fields, params }: PostedRequest): Asked {
  return {
    ...placeOf(params),
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(fields['max_gen_len'], 'max_gen_len'),
    toolName: undefined,
    inputTokens: countWords(readPrompt(fields, 'prompt')),
  };
}

function createLlamaWriter(answer: Answer): StreamWriter {
  let isFirst = true;
  const { usage: form } = answer.plan.options;
  return {
    open: () => [],
    turnTo: () => [],
    delta({ text }, sent) {
      const usage = countUsage(answer, sent);
      // The prompt's length comes once, the generation's so far each time.
      const input = isFirst ? usage.inputTokens : null;
      isFirst = false;
      const counts = form === 'none' ? {} : { prompt_token_count: input, generation_token_count: usage.outputTokens };
      return frameOf(JSON.stringify({ generation: text, ...counts, stop_reason: null }));
    },
    close({ reason, usage }) {
      const counts =
        usage === undefined ? {} : { prompt_token_count: null, generation_token_count: usage.outputTokens };
      return [frameOf(JSON.stringify({ generation: '', ...counts, stop_reason: llamaReason(reason) }))];
    },
    fail: () => [],
  };
}

function formatWholeLlama(_: Answer, { reason, usage, text }: WholeAnswer): string {
  const counts =
    usage === undefined ? {} : { prompt_token_count: usage.inputTokens, generation_token_count: usage.outputTokens };
  return JSON.stringify({ generation: text, ...counts, stop_reason: llamaReason(reason) });
}

function llamaReason(reason: WholeAnswer['reason']): string {
  return reason === 'length' ? 'length' : 'stop';
}
