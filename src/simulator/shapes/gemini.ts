import type { TokenChunk } from '../answer-tokens.ts';
import type { Refusal } from '../refusal.ts';
import { countWords, objectOf, readLimit, readList, readToolName } from './request-fields.ts';
import {
  type Answer,
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
  type UsageCount,
  type WholeAnswer,
} from './shape.ts';
import { parseArguments } from './tool-arguments.ts';
import { countUsage } from './usage-count.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Gemini, and Gemini on Vertex AI: bare events, running totals in each, calls whole, thoughts not among the candidates. */
export const gemini: Shape = {
  ...PLAIN_SHAPE,
  family: 'gemini',
  wire: 'sse-crlf',
  keys: ['x-goog-api-key', 'key-in-query', 'bearer'],
  hasReasoning: true,
  toolCalls: 'whole',
  read: readGeminiRequest,
  createWriter: createGeminiWriter,
  formatWhole: formatWholeGemini,
  formatError: geminiError,
};

/** What a stream is without `alt=sse`: one list of JSON objects, errors too. */
export const geminiList: Shape = {
  ...gemini,
  wire: 'json-array',
  keepAlive: '',
  createWriter(answer) {
    const writer = createGeminiWriter(answer);
    const end: Frame = { ...frameOf(']'), kind: 'done' };
    return {
      ...writer,
      close: (how) => [...writer.close(how), end],
      fail: (isField) => [...writer.fail(isField), end],
    };
  },
  formatError(refusal, context) {
    const { body, headers } = geminiError(refusal, context);
    return { body: `[${body}]`, headers };
  },
};

function readGeminiRequest({ fields, params }: PostedRequest): Asked {
  const [model = '', method = ''] = params;
  const { maxOutputTokens } = objectOf(fields['generationConfig']);
  return {
    model,
    wantsStream: method === 'streamGenerateContent',
    hasStreamOptions: false,
    wantsUsage: true,
    maxTokens: readLimit(maxOutputTokens, 'maxOutputTokens'),
    toolName: readToolName(fields['tools'], ['functionDeclarations']),
    inputTokens: countWords(readList(fields, 'contents')) + countWords(fields['systemInstruction']),
  };
}

function createGeminiWriter(answer: Answer): StreamWriter {
  const { plan } = answer;
  const tail = tailOf(answer);
  // Unless told otherwise, each event has the totals so far.
  const isUsageEach = plan.options.usage === 'own' || plan.options.usage === 'every';
  const format = (part: string, finish: string, usage: UsageCount | undefined): Frame =>
    frameOf(
      `{"candidates":[{"content":{"parts":[${part}],"role":"model"}${finish},"index":0}]${usageMember(usage)}${tail}}`,
    );
  return {
    open: () => [],
    turnTo: () => [],
    delta: (chunk, sent) => format(partOf(answer, chunk), '', isUsageEach ? countUsage(answer, sent) : undefined),
    close: ({ reason, usage }) => [format('{"text":""}', `,"finishReason":"${finishOf(reason)}"`, usage)],
    fail: () => [frameOf(JSON.stringify({ error: { code: 500, message: STREAM_FAILURE, status: 'INTERNAL' } }))],
  };
}

function partOf({ plan }: Answer, { kind, text }: Pick<TokenChunk, 'kind' | 'text'>): string {
  const quoted = JSON.stringify(text);
  if (kind === 'content') return `{"text":${quoted}}`;
  if (kind === 'reasoning') return `{"text":${quoted},"thought":true}`;
  return JSON.stringify({ functionCall: { name: plan.toolName, args: parseArguments(text, plan) } });
}

function formatWholeGemini(answer: Answer, { reason, usage, reasoning, text }: WholeAnswer): string {
  const { plan } = answer;
  const parts: string[] = [];
  if (plan.reasoningTokens > 0) parts.push(partOf(answer, { kind: 'reasoning', text: reasoning }));
  const kind = plan.toolName === undefined ? 'content' : 'tool-call';
  if (plan.answerTokens > 0) parts.push(partOf(answer, { kind, text }));
  const content = `{"parts":[${parts.join()}],"role":"model"}`;
  const candidate = `{"content":${content},"finishReason":"${finishOf(reason)}","index":0}`;
  return `{"candidates":[${candidate}]${usageMember(usage)}${tailOf(answer)}}`;
}

function tailOf({ plan, model }: Answer): string {
  return `,"modelVersion":${JSON.stringify(model)},"responseId":"sim-${plan.requestNumber}"`;
}

/** A call ends with STOP as a text does. */
function finishOf(reason: WholeAnswer['reason']): string {
  return reason === 'length' ? 'MAX_TOKENS' : 'STOP';
}

/** Thoughts are counted beside the candidates; the prompt has the cached tokens in it. */
function usageMember(usage: UsageCount | undefined): string {
  if (usage === undefined) return '';
  const counts = {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: usage.outputTokens - usage.reasoningTokens,
    totalTokenCount: usage.inputTokens + usage.outputTokens,
    ...(usage.cachedTokens === 0 ? {} : { cachedContentTokenCount: usage.cachedTokens }),
    ...(usage.reasoningTokens === 0 ? {} : { thoughtsTokenCount: usage.reasoningTokens }),
  };
  return `,"usageMetadata":${JSON.stringify(counts)}`;
}

const STATUS_NAMES: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
  [503, 'UNAVAILABLE'],
  [529, 'UNAVAILABLE'],
]);

/** Google puts the delay before a retry into the body. */
function geminiError({ status, error }: Refusal, { retryAfterSeconds }: ErrorContext): ErrorReply {
  const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` };
  const details: readonly JsonObject[] = status === 429 || status === 503 ? [retryInfo] : [];
  const name = STATUS_NAMES.get(status) ?? (status < 500 ? 'FAILED_PRECONDITION' : 'INTERNAL');
  const body = {
    error: { code: status, message: error.message, status: name, ...(details.length > 0 ? { details } : {}) },
  };
  return { body: JSON.stringify(body), headers: {} };
}
