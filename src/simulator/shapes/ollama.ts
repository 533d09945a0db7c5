import type { Refusal } from '../refusal.ts';
import { retryHeaders } from './openai-error.ts';
import {
  countWords,
  type JsonFields,
  objectOf,
  readLimit,
  readList,
  readPrompt,
  readToolName,
  textOf,
} from './request-fields.ts';
import {
  type Answer,
  type AnswerEnd,
  type Asked,
  type ErrorContext,
  type ErrorReply,
  frameOf,
  PLAIN_SHAPE,
  type Shape,
  STREAM_FAILURE,
  type StreamWriter,
  type WholeAnswer,
} from './shape.ts';
import { parseArguments } from './tool-arguments.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const NS_PER_MS = 1e6;
/** Of the time to the first token: loading the model, the rest is the prompt's evaluation. */
const LOAD_SHARE = 0.25;

const SHARED = {
  ...PLAIN_SHAPE,
  family: 'ollama',
  wire: 'ndjson',
  keys: ['bearer'],
  keepAlive: '',
  hasReasoning: true,
  formatError: ollamaError,
} as const;

/** Ollama's chat: a line for each chunk, the last with counts and durations, calls whole. */
export const ollamaChat: Shape = {
  ...SHARED,
  toolCalls: 'whole',
  read: ({ fields }) => ({
    ...readOllamaFields(fields),
    toolName: readToolName(fields['tools'], ['function']),
    inputTokens: countWords(readList(fields, 'messages')),
  }),
  createWriter: (answer) => createOllamaWriter(answer, chatMembers),
  formatWhole: (answer, whole) => formatWholeOllama(answer, whole, chatMembers),
};

/** Ollama's generate: a prompt, no tools. */
export const ollamaGenerate: Shape = {
  ...SHARED,
  toolCalls: 'none',
  read: ({ fields }) => ({
    ...readOllamaFields(fields),
    toolName: undefined,
    inputTokens: countWords(readPrompt(fields, 'prompt')) + countWords(fields['system']),
  }),
  createWriter: (answer) => createOllamaWriter(answer, generateMembers),
  formatWhole: (answer, whole) => formatWholeOllama(answer, whole, generateMembers),
};

interface Texts {
  readonly text?: string;
  readonly thinking?: string;
  /** Arguments of a call. */
  readonly call?: string;
}

/** What a line says, as JSON without braces. */
type Members = (answer: Answer, texts: Texts) => string;

function chatMembers({ plan }: Answer, { text = '', thinking, call }: Texts): string {
  const calls = [{ function: { name: plan.toolName, arguments: parseArguments(call ?? '', plan) } }];
  const called = call === undefined ? '' : `,"tool_calls":${JSON.stringify(calls)}`;
  return `"message":{"role":"assistant","content":${JSON.stringify(text)}${thinkingMember(thinking)}${called}}`;
}

function generateMembers(_: Answer, { text = '', thinking }: Texts): string {
  return `"response":${JSON.stringify(text)}${thinkingMember(thinking)}`;
}

function thinkingMember(thinking: string | undefined): string {
  return thinking === undefined ? '' : `,"thinking":${JSON.stringify(thinking)}`;
}

/** Streaming is the default here. */
function readOllamaFields(fields: JsonFields): Omit<Asked, 'toolName' | 'inputTokens'> {
  const { num_predict: limit } = objectOf(fields['options']);
  return {
    model: textOf(fields['model']),
    wantsStream: fields['stream'] !== false,
    hasStreamOptions: false,
    wantsUsage: true,
    // -1 and -2 mean: as many as it takes.
    maxTokens: typeof limit === 'number' && limit < 0 ? undefined : readLimit(limit, 'num_predict'),
  };
}

function createOllamaWriter(answer: Answer, membersOf: Members): StreamWriter {
  const prefix = prefixOf(answer);
  return {
    open: () => [],
    turnTo: () => [],
    delta({ kind, text }) {
      const texts = kind === 'reasoning' ? { thinking: text } : kind === 'content' ? { text } : { call: text };
      return frameOf(`${prefix}${membersOf(answer, texts)},"done":false}`);
    },
    close: (end) => [frameOf(`${prefix}${membersOf(answer, {})}${lastMembers(end)}}`)],
    // The status is 200 already, and no line says that it is done.
    fail: () => [frameOf(JSON.stringify({ error: STREAM_FAILURE }))],
  };
}

function formatWholeOllama(answer: Answer, whole: WholeAnswer, membersOf: Members): string {
  const { plan } = answer;
  const thinking = plan.reasoningTokens === 0 ? {} : { thinking: whole.reasoning };
  const said = plan.toolName === undefined ? { text: whole.text } : { call: whole.text };
  return `${prefixOf(answer)}${membersOf(answer, { ...said, ...thinking })}${lastMembers(whole)}}`;
}

function prefixOf({ model, createdAtMs }: Answer): string {
  return `{"model":${JSON.stringify(model)},"created_at":"${new Date(createdAtMs).toISOString()}",`;
}

/** Durations are nanoseconds: loading and prompt until the first token, evaluation from there to the last. */
function lastMembers({ reason, usage, firstTokenMs, lastTokenMs }: AnswerEnd): string {
  const loadNs = Math.round(firstTokenMs * LOAD_SHARE * NS_PER_MS);
  const durations: JsonObject = {
    total_duration: Math.round(lastTokenMs * NS_PER_MS),
    load_duration: loadNs,
    ...(usage === undefined ? {} : { prompt_eval_count: usage.inputTokens }),
    prompt_eval_duration: Math.round(firstTokenMs * NS_PER_MS) - loadNs,
    ...(usage === undefined ? {} : { eval_count: usage.outputTokens }),
    eval_duration: Math.round((lastTokenMs - firstTokenMs) * NS_PER_MS),
  };
  return `,"done":true,"done_reason":"${reason === 'length' ? 'length' : 'stop'}",${JSON.stringify(durations).slice(1, -1)}`;
}

function ollamaError(refusal: Refusal, context: ErrorContext): ErrorReply {
  return { body: JSON.stringify({ error: refusal.error.message }), headers: retryHeaders(refusal, context) };
}
