import { type AnswerPlan, type TokenChunk, type TokenKind, tokenChunks } from './answer-tokens.ts';
import {
  type AnswerIdentity,
  createChunkFormat,
  formatDelta,
  formatUsageChunk,
  formatWholeAnswer,
  type UsageCount,
} from './chunk-json.ts';

/** One event of a stream, before its framing. */
export interface AnswerEvent {
  /** `error-field` is sent as a field named `error` instead of `data`. */
  readonly kind: TokenKind | 'role' | 'finish' | 'usage' | 'done' | 'error' | 'error-field' | 'malformed';
  readonly data: string;
  /** Milliseconds after the start of service; never below the event before. */
  readonly dueMs: number;
  readonly tokens: number;
}

/** How the answer's last byte is followed. `hang` waits for the client to leave; `late-end` ends the body properly. */
export interface Ending {
  readonly how: 'end' | 'late-end' | 'reset' | 'close' | 'hang';
  readonly dueMs: number;
}

export type AnswerEvents = Generator<AnswerEvent, Ending>;

/** All that is needed to write one answer. */
export interface Answer {
  readonly plan: AnswerPlan;
  readonly identity: AnswerIdentity;
  readonly inputTokens: number;
  readonly wantsUsage: boolean;
}

/** The events of a stream without faults. */
export function* answerEvents(answer: Answer): AnswerEvents {
  const { plan, identity } = answer;
  const { options } = plan;
  const format = createChunkFormat(identity);
  const isUsageOwn = options.usage === 'own' && answer.wantsUsage;
  // OpenAI sends "usage":null in all other chunks once the usage was asked for.
  const absentUsage = isUsageOwn ? { usage: null } : {};
  if (options.firstChunk === 'role') {
    const delta = '{"role":"assistant","content":""}';
    const dueMs = Math.min(options.roleDelayMs, plan.ttftMs);
    yield { kind: 'role', data: format({ delta, ...absentUsage }), dueMs, tokens: 0 };
  }
  const chunks = tokenChunks(plan);
  const sent = { output: 0, reasoning: 0 };
  let next = chunks.next();
  for (; next.done !== true; next = chunks.next()) {
    const chunk = next.value;
    const hasRole = options.firstChunk === 'text' && sent.output === 0;
    sent.output += chunk.tokens;
    if (chunk.kind === 'reasoning') sent.reasoning += chunk.tokens;
    const usage = options.usage === 'every' ? { usage: countUsage(answer, sent) } : absentUsage;
    const data = format({ delta: formatDelta(plan, chunk, hasRole), ...usage });
    yield { kind: chunk.kind, data, dueMs: chunk.dueMs, tokens: chunk.tokens };
  }
  const dueMs = next.value;
  const usage = countUsage(answer, sent);
  const finishUsage = options.usage === 'finish' || options.usage === 'every' ? { usage } : absentUsage;
  const finish = format({ delta: '{}', finishReason: finishReasonOf(plan), ...finishUsage });
  yield { kind: 'finish', data: finish, dueMs, tokens: 0 };
  if (isUsageOwn) yield { kind: 'usage', data: formatUsageChunk(identity, usage), dueMs, tokens: 0 };
  yield { kind: 'done', data: '[DONE]', dueMs, tokens: 0 };
  return { how: 'end', dueMs };
}

/** The body of the answer in one piece, its token count, and when it is due: with its last token. */
export function wholeAnswer(answer: Answer): { body: string; chunks: readonly TokenChunk[]; dueMs: number } {
  const { plan, identity } = answer;
  const generator = tokenChunks(plan);
  const chunks: TokenChunk[] = [];
  let next = generator.next();
  for (; next.done !== true; next = generator.next()) chunks.push(next.value);
  const textOf = (isReasoning: boolean): string =>
    chunks.map(({ kind, text }) => ((kind === 'reasoning') === isReasoning ? text : '')).join('');
  const sent = { output: plan.reasoningTokens + plan.answerTokens, reasoning: plan.reasoningTokens };
  const body = formatWholeAnswer({
    identity,
    plan,
    reasoning: textOf(true),
    text: textOf(false),
    finishReason: finishReasonOf(plan),
    usage: plan.options.usage === 'none' ? undefined : countUsage(answer, sent),
  });
  return { body, chunks, dueMs: next.value };
}

function countUsage(answer: Answer, sent: { readonly output: number; readonly reasoning: number }): UsageCount {
  return {
    inputTokens: answer.inputTokens,
    outputTokens: sent.output,
    reasoningTokens: sent.reasoning,
    cachedTokens: Math.min(answer.inputTokens, answer.plan.options.cachedTokens),
  };
}

function finishReasonOf(plan: AnswerPlan): string {
  if (plan.isCutByLimit) return 'length';
  return plan.toolName === undefined ? 'stop' : 'tool_calls';
}
