import { readStreamOptions, usageMember } from './openai-chat.ts';
import { openaiError, openaiFailure } from './openai-error.ts';
import { countWords, readLimit, readPrompt, textOf } from './request-fields.ts';
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
  type WholeAnswer,
} from './shape.ts';
import { countUsage } from './usage-count.ts';

/** OpenAI's older completions: a prompt instead of messages, no roles, no tools, and reasoning only counted. */
export const openaiCompletions: Shape = {
  ...PLAIN_SHAPE,
  family: 'openai-completions',
  wire: 'sse',
  keys: ['bearer', 'api-key'],
  hasReasoning: false,
  toolCalls: 'none',
  read: readCompletionRequest,
  createWriter: createCompletionWriter,
  formatWhole: formatWholeCompletion,
  formatError: openaiError,
};

/** Azure's deployments, whose path names the model. */
export const azureCompletions: Shape = {
  ...openaiCompletions,
  read: (request) => ({ ...readCompletionRequest(request), model: request.params[0] ?? '' }),
};

function readCompletionRequest({ fields }: PostedRequest): Asked {
  return {
    model: textOf(fields['model']),
    wantsStream: fields['stream'] === true,
    ...readStreamOptions(fields),
    maxTokens: readLimit(fields['max_tokens']),
    toolName: undefined,
    inputTokens: countWords(readPrompt(fields, 'prompt')),
  };
}

function createCompletionWriter(answer: Answer): StreamWriter {
  const { plan, asked } = answer;
  const { options } = plan;
  const prefix = `${openingOf(answer)},"choices":[`;
  const isUsageOwn = options.usage === 'own' && asked.wantsUsage;
  const absentUsage = isUsageOwn ? ',"usage":null' : '';
  const isUsageEach = options.usage === 'every';
  const format = (text: string, finish: string, usage: string): Frame =>
    frameOf(`${prefix}{"text":${text},"index":0,"logprobs":null,"finish_reason":${finish}}]${usage}}`);
  return {
    open: () => [],
    turnTo: () => [],
    delta: ({ text }, sent) =>
      format(JSON.stringify(text), 'null', isUsageEach ? usageMember(countUsage(answer, sent)) : absentUsage),
    close({ reason, usage }) {
      const isInFinish = options.usage === 'finish' || isUsageEach;
      const finishUsage = isInFinish && usage !== undefined ? usageMember(usage) : absentUsage;
      const finish = format('""', reason === 'length' ? '"length"' : '"stop"', finishUsage);
      if (!isUsageOwn || usage === undefined) return [finish, DONE_FRAME];
      return [finish, frameOf(`${prefix}]${usageMember(usage)}}`), DONE_FRAME];
    },
    fail: openaiFailure,
  };
}

function formatWholeCompletion(answer: Answer, { reason, usage, text }: WholeAnswer): string {
  const finish = reason === 'length' ? 'length' : 'stop';
  const choice = JSON.stringify({ text, index: 0, logprobs: null, finish_reason: finish });
  return `${openingOf(answer)},"choices":[${choice}]${usage === undefined ? '' : usageMember(usage)}}`;
}

/** Streamed or not, the object has the same name. */
function openingOf({ plan, model, createdAtMs }: Answer): string {
  const created = Math.floor(createdAtMs / 1000);
  return `{"id":"cmpl-sim-${plan.requestNumber}","object":"text_completion","created":${created},"model":${JSON.stringify(model)}`;
}
