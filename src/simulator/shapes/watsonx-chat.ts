import { FINISH_REASONS, formatDelta, formatWholeChoice } from './openai-chat.ts';
import { badRequest, countWords, readLimit, readList, readToolName, textOf } from './request-fields.ts';
import {
  type Answer,
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
import { watsonxError, watsonxFailure } from './watsonx-error.ts';

/** IBM watsonx.ai's chat: OpenAI's chunks in numbered events, the usage always, no end mark. */
export const watsonxChat: Shape = {
  ...PLAIN_SHAPE,
  family: 'watsonx',
  wire: 'sse',
  keys: ['bearer'],
  hasReasoning: true,
  toolCalls: 'pieces',
  read: readWatsonxChat,
  createWriter: createWatsonxWriter,
  formatWhole: formatWholeWatsonx,
  formatError: watsonxError,
};

function readWatsonxChat(request: PostedRequest): Asked {
  const { fields } = request;
  return {
    ...readWatsonxPlace(request),
    maxTokens: readLimit(fields['max_completion_tokens'] ?? fields['max_tokens']),
    toolName: readToolName(fields['tools'], ['function']),
    inputTokens: countWords(readList(fields, 'messages')),
  };
}

/** What both interfaces need: a version in the query, and the model with its project or space, or a deployment in the path. */
export function readWatsonxPlace({
  fields,
  params,
  query,
}: PostedRequest): Pick<Asked, 'model' | 'wantsStream' | 'hasStreamOptions' | 'wantsUsage'> {
  const [deployment = '', method = ''] = params;
  if (!query.has('version')) throw badRequest("the query parameter 'version' is required");
  const isPlaced = ['project_id', 'space_id', 'wml_instance_crn'].some((name) => fields[name] !== undefined);
  if (deployment === '' && !isPlaced) throw badRequest('Missing either space_id or project_id or wml_instance_crn');
  return {
    model: deployment === '' ? textOf(fields['model_id']) : deployment,
    wantsStream: method.endsWith('_stream'),
    hasStreamOptions: false,
    wantsUsage: true,
  };
}

function createWatsonxWriter(answer: Answer): StreamWriter {
  const { plan } = answer;
  const { firstChunk } = plan.options;
  const prefix = `${openingOf(answer, 'chat.completion.chunk')},"choices":[`;
  const suffix = `]${closingOf(answer)}`;
  let role = firstChunk === 'text' ? '"role":"assistant",' : '';
  let eventNumber = 0;
  const event = (choice: string, rest = ''): Frame => {
    eventNumber += 1;
    return frameOf(`${prefix}${choice}${suffix}${rest}}`, 'message', String(eventNumber));
  };
  const chunk = (delta: string, finish = 'null'): Frame =>
    event(`{"index":0,"finish_reason":${finish},"delta":${delta}}`);
  return {
    open: () => (firstChunk === 'role' ? [chunk('{"role":"assistant","content":""}')] : []),
    turnTo: () => [],
    delta(part) {
      const delta = `{${role}${formatDelta(plan, part)}}`;
      role = '';
      return chunk(delta);
    },
    close({ reason, usage }) {
      const finish = chunk('{"content":""}', `"${FINISH_REASONS[reason]}"`);
      return usage === undefined ? [finish] : [finish, event('', usageMember(usage))];
    },
    fail: () => [watsonxFailure(eventNumber + 1)],
  };
}

function formatWholeWatsonx(answer: Answer, whole: WholeAnswer): string {
  const usage = whole.usage === undefined ? '' : usageMember(whole.usage);
  const choices = `"choices":[${formatWholeChoice(answer, whole)}]`;
  return `${openingOf(answer, 'chat.completion')},${choices}${closingOf(answer)}${usage}}`;
}

function openingOf({ plan, model }: Answer, object: string): string {
  const name = JSON.stringify(model);
  return `{"id":"chatcmpl-sim-${plan.requestNumber}","object":"${object}","model_id":${name},"model":${name}`;
}

function closingOf({ createdAtMs }: Answer): string {
  const created = Math.floor(createdAtMs / 1000);
  return `,"created":${created},"model_version":"1.0.0","created_at":"${new Date(createdAtMs).toISOString()}"`;
}

function usageMember({ inputTokens, outputTokens }: UsageCount): string {
  const total = inputTokens + outputTokens;
  return `,"usage":{"completion_tokens":${outputTokens},"prompt_tokens":${inputTokens},"total_tokens":${total}}`;
}
