import type { AnswerPlan, TokenChunk } from './answer-tokens.ts';

export interface UsageCount {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly cachedTokens: number;
}

/** What all chunks of one answer share. */
export interface AnswerIdentity {
  readonly id: string;
  readonly model: string;
  readonly createdAtSeconds: number;
}

/** JSON of one choice's delta, with finish reason and usage; `usage` undefined leaves the key out. */
export interface ChunkFields {
  readonly delta: string;
  readonly finishReason?: string;
  readonly usage?: UsageCount | null;
}

/** The JSON texts of one answer's chunks. Assembled by hand: one string per token is the simulator's hottest path. */
export function createChunkFormat(identity: AnswerIdentity): (fields: ChunkFields) => string {
  const prefix = `${openingOf(identity, 'chat.completion.chunk')},"choices":[`;
  return ({ delta, finishReason, usage }) => {
    const finish = finishReason === undefined ? 'null' : `"${finishReason}"`;
    return `${prefix}{"index":0,"delta":${delta},"finish_reason":${finish}}]${usageMember(usage)}}`;
  };
}

/** The chunk with empty choices that carries the usage alone. */
export function formatUsageChunk(identity: AnswerIdentity, usage: UsageCount): string {
  return `${openingOf(identity, 'chat.completion.chunk')},"choices":[]${usageMember(usage)}}`;
}

/** The delta of a chunk of tokens, with the role in front if asked for. */
export function formatDelta(plan: AnswerPlan, chunk: TokenChunk, hasRole: boolean): string {
  const role = hasRole ? '"role":"assistant",' : '';
  const text = JSON.stringify(chunk.text);
  if (chunk.kind === 'reasoning') return `{${role}"${plan.options.reasoningField}":${text}}`;
  if (chunk.kind === 'content') return `{${role}"content":${text}}`;
  const opening = chunk.firstToken === 0 ? `"id":"${callId(plan)}","type":"function",` : '';
  const name = chunk.firstToken === 0 ? `"name":${JSON.stringify(plan.toolName)},` : '';
  return `{${role}"tool_calls":[{"index":0,${opening}"function":{${name}"arguments":${text}}}]}`;
}

export interface WholeAnswer {
  readonly identity: AnswerIdentity;
  readonly plan: AnswerPlan;
  readonly reasoning: string;
  /** Content, or the arguments of a tool call. */
  readonly text: string;
  readonly finishReason: string;
  readonly usage: UsageCount | undefined;
}

/** The body of an answer that is not streamed. */
export function formatWholeAnswer(answer: WholeAnswer): string {
  const { plan, identity } = answer;
  const call = { id: callId(plan), type: 'function', function: { name: plan.toolName, arguments: answer.text } };
  const message = {
    role: 'assistant',
    content: plan.toolName === undefined ? answer.text : null,
    ...(plan.reasoningTokens === 0 ? {} : { [plan.options.reasoningField]: answer.reasoning }),
    ...(plan.toolName === undefined ? {} : { tool_calls: [call] }),
  };
  const choice = JSON.stringify({ index: 0, message, finish_reason: answer.finishReason });
  return `${openingOf(identity, 'chat.completion')},"choices":[${choice}]${usageMember(answer.usage)}}`;
}

function openingOf({ id, model, createdAtSeconds }: AnswerIdentity, object: string): string {
  return `{"id":"${id}","object":"${object}","created":${createdAtSeconds},"model":${JSON.stringify(model)}`;
}

function usageMember(usage: UsageCount | null | undefined): string {
  if (usage === undefined) return '';
  if (usage === null) return ',"usage":null';
  return `,"usage":${JSON.stringify({
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  })}`;
}

function callId(plan: AnswerPlan): string {
  return `call_sim_${plan.requestNumber}`;
}
