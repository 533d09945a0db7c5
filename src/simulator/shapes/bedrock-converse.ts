import type { TokenKind } from '../answer-tokens.ts';
import { bedrockError } from './bedrock-error.ts';
import { countWords, objectOf, readLimit, readList, readToolName } from './request-fields.ts';
import {
  type Answer,
  type Asked,
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

type JsonObject = Readonly<Record<string, unknown>>;

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
};
const SIGNATURE = 'c2ltdWxhdGVk';
const PADDING = 'abcdefghijklmnopqrstuvwxyz';

/** Bedrock's Converse: an AWS event stream whose text blocks have no start, input tokens without what the cache gave. */
export const bedrockConverse: Shape = {
  ...PLAIN_SHAPE,
  family: 'bedrock',
  wire: 'aws-event-stream',
  keys: ['bearer', 'aws-signature'],
  keepAlive: '',
  hasReasoning: true,
  toolCalls: 'pieces',
  read: readConverseRequest,
  createWriter: createConverseWriter,
  formatWhole: formatWholeConverse,
  formatError: bedrockError,
  headersOf: ({ plan }) => ({ 'x-amzn-requestid': `sim-${plan.requestNumber}` }),
};

function readConverseRequest({ fields, params }: PostedRequest): Asked {
  const [model = '', method] = params;
  const { maxTokens } = objectOf(fields['inferenceConfig']);
  const { tools } = objectOf(fields['toolConfig']);
  return {
    model,
    wantsStream: method === 'converse-stream',
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(maxTokens, 'maxTokens'),
    toolName: readToolName(tools, ['toolSpec']),
    inputTokens: countWords(readList(fields, 'messages')) + countWords(fields['system']),
  };
}

function createConverseWriter(answer: Answer): StreamWriter {
  let index = -1;
  let kind: TokenKind | undefined;
  let eventNumber = 0;
  // Padding of changing length hides the lengths of tokens from those who see only the size of messages.
  const event = (name: string, members: string): Frame => {
    eventNumber += 1;
    return frameOf(`{${members},"p":"${PADDING.slice(0, 1 + ((eventNumber * 7) % PADDING.length))}"}`, name);
  };
  const delta = (members: string): Frame =>
    event('contentBlockDelta', `"contentBlockIndex":${index},"delta":{${members}}`);
  const stopBlock = (): readonly Frame[] => {
    if (kind === undefined) return [];
    const signature = kind === 'reasoning' ? [delta(`"reasoningContent":{"signature":"${SIGNATURE}"}`)] : [];
    return [...signature, event('contentBlockStop', `"contentBlockIndex":${index}`)];
  };
  return {
    open: () => [event('messageStart', '"role":"assistant"')],
    turnTo(next) {
      const before = stopBlock();
      index += 1;
      kind = next;
      if (kind !== 'tool-call') return before;
      const start = JSON.stringify({ toolUse: toolUseOf(answer) });
      return [...before, event('contentBlockStart', `"contentBlockIndex":${index},"start":${start}`)];
    },
    delta({ kind: of, text }) {
      const quoted = JSON.stringify(text);
      if (of === 'reasoning') return delta(`"reasoningContent":{"text":${quoted}}`);
      if (of === 'content') return delta(`"text":${quoted}`);
      return text === '' ? undefined : delta(`"toolUse":{"input":${quoted}}`);
    },
    close({ reason, usage, lastTokenMs }) {
      const metrics = `"metrics":{"latencyMs":${Math.round(lastTokenMs)}}`;
      const counts = usage === undefined ? '' : `"usage":${JSON.stringify(usageOf(usage))},`;
      return [
        ...stopBlock(),
        event('messageStop', `"stopReason":"${STOP_REASONS[reason]}"`),
        event('metadata', `${counts}${metrics}`),
      ];
    },
    fail: bedrockFailure,
  };
}

/** A failure of the model as an exception, one of the service as an error without a body. */
export function bedrockFailure(isField: boolean): readonly Frame[] {
  if (isField) return [{ ...frameOf(STREAM_FAILURE, 'internalServerException'), kind: 'error-field' }];
  const exception = { message: STREAM_FAILURE, originalStatusCode: 500, originalMessage: STREAM_FAILURE };
  return [{ ...frameOf(JSON.stringify(exception), 'modelStreamErrorException'), kind: 'exception' }];
}

function formatWholeConverse(answer: Answer, whole: WholeAnswer): string {
  const { plan } = answer;
  const { reason, usage, reasoning, text, lastTokenMs } = whole;
  const content: JsonObject[] = [];
  if (plan.reasoningTokens > 0) {
    content.push({ reasoningContent: { reasoningText: { text: reasoning, signature: SIGNATURE } } });
  }
  if (plan.answerTokens > 0 && plan.toolName === undefined) content.push({ text });
  if (plan.answerTokens > 0 && plan.toolName !== undefined) {
    content.push({ toolUse: { ...toolUseOf(answer), input: parseArguments(text, plan) } });
  }
  return JSON.stringify({
    output: { message: { role: 'assistant', content } },
    stopReason: STOP_REASONS[reason],
    ...(usage === undefined ? {} : { usage: usageOf(usage) }),
    metrics: { latencyMs: Math.round(lastTokenMs) },
  });
}

function toolUseOf({ plan }: Answer): JsonObject {
  return { toolUseId: `tooluse_sim_${plan.requestNumber}`, name: plan.toolName };
}

/** What was read from or written to the cache is not among the input tokens, but in the total. */
function usageOf(usage: UsageCount): JsonObject {
  return {
    inputTokens: usage.inputTokens - usage.cachedTokens - usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    totalTokens: usage.inputTokens + usage.outputTokens,
    cacheReadInputTokens: usage.cachedTokens,
    cacheWriteInputTokens: usage.cacheWriteTokens,
  };
}
