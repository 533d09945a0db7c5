import { countWords, objectOf, readLimit, readPrompt } from './request-fields.ts';
import {
  type Answer,
  type Asked,
  type FinishReason,
  type Frame,
  frameOf,
  PLAIN_SHAPE,
  type PostedRequest,
  type Shape,
  type StreamWriter,
  type WholeAnswer,
} from './shape.ts';
import { countUsage } from './usage-count.ts';
import { readWatsonxPlace } from './watsonx-chat.ts';
import { watsonxError, watsonxFailure } from './watsonx-error.ts';

/** IBM watsonx.ai's older text generation: the input's length in the first event, the reason with the last text. */
export const watsonxGeneration: Shape = {
  ...PLAIN_SHAPE,
  family: 'watsonx',
  wire: 'sse',
  keys: ['bearer'],
  hasReasoning: false,
  toolCalls: 'none',
  read: readWatsonxPrompt,
  createWriter: createGenerationWriter,
  formatWhole: formatWholeGeneration,
  formatError: watsonxError,
};

function readWatsonxPrompt(request: PostedRequest): Asked {
  const { max_new_tokens: limit } = objectOf(request.fields['parameters']);
  return {
    ...readWatsonxPlace(request),
    maxTokens: readLimit(limit, 'max_new_tokens'),
    toolName: undefined,
    inputTokens: countWords(readPrompt(request.fields, 'input')),
  };
}

interface Result {
  readonly text: string;
  readonly output: number;
  readonly input: number;
  readonly reason: string;
}

function createGenerationWriter(answer: Answer): StreamWriter {
  const { plan } = answer;
  let eventNumber = 0;
  const event = (result: Result): Frame => {
    eventNumber += 1;
    return frameOf(formatResult(answer, result), 'message', String(eventNumber));
  };
  return {
    open: () => [
      event({
        text: '',
        output: 0,
        input: countUsage(answer, { output: 0, reasoning: 0 }).inputTokens,
        reason: 'not_finished',
      }),
    ],
    turnTo: () => [],
    delta({ text, isLast }, sent) {
      const reason = isLast ? reasonOf(plan.isCutByLimit ? 'length' : 'stop') : 'not_finished';
      return event({ text, output: countUsage(answer, sent).outputTokens, input: 0, reason });
    },
    close: ({ reason, sent }) =>
      sent.output > 0 ? [] : [event({ text: '', output: plan.hiddenTokens, input: 0, reason: reasonOf(reason) })],
    fail: () => [watsonxFailure(eventNumber + 1)],
  };
}

function formatWholeGeneration(answer: Answer, { text, reason, usage }: WholeAnswer): string {
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
  return formatResult(answer, { text, output: outputTokens, input: inputTokens, reason: reasonOf(reason) });
}

function formatResult({ plan, model, createdAtMs }: Answer, { text, output, input, reason }: Result): string {
  const isCounted = plan.options.usage !== 'none';
  const counts = isCounted ? `,"generated_token_count":${output},"input_token_count":${input}` : '';
  const result = `{"generated_text":${JSON.stringify(text)}${counts},"stop_reason":"${reason}"}`;
  const createdAt = new Date(createdAtMs).toISOString();
  return `{"model_id":${JSON.stringify(model)},"created_at":"${createdAt}","results":[${result}]}`;
}

function reasonOf(reason: FinishReason): string {
  return reason === 'length' ? 'max_tokens' : 'eos_token';
}
