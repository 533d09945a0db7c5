import { type AnswerPlan, type SentTokens, type TokenKind, tokenChunks } from './answer-tokens.ts';
import type { Answer, AnswerEnd, FinishReason, Frame, Shape, StreamWriter } from './shapes/shape.ts';
import { countUsage } from './shapes/usage-count.ts';

/** A frame of a stream with its time and its tokens. */
export interface AnswerEvent {
  /** What the frame is to the stream's machinery; a token's kind if it completes tokens. */
  readonly kind: TokenKind | 'opening' | Frame['kind'];
  readonly name: string | undefined;
  readonly id: string | undefined;
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

/** The events of a stream without faults. */
export function* answerEvents(answer: Answer, writer: StreamWriter): AnswerEvents {
  const { plan } = answer;
  const { options } = plan;
  const openingDueMs = Math.min(options.roleDelayMs, plan.ttftMs);
  for (const frame of writer.open()) yield toEvent(frame, openingDueMs, 'opening');
  const chunks = tokenChunks(plan);
  const sent = { output: 0, reasoning: 0 };
  let kind: TokenKind | undefined;
  let next = chunks.next();
  for (; next.done !== true; next = chunks.next()) {
    const chunk = next.value;
    const { dueMs, tokens } = chunk;
    const turn = chunk.kind === kind ? NO_FRAMES : writer.turnTo(chunk.kind);
    kind = chunk.kind;
    sent.output += tokens;
    if (kind === 'reasoning') sent.reasoning += tokens;
    const frame = writer.delta(chunk, sent);
    // A call whose first token is its name alone has been announced by the turn already.
    const announcing = chunk.text === '' ? turn.at(-1) : undefined;
    for (const part of turn) {
      if (part === announcing) yield { ...toEvent(part, dueMs, kind), tokens };
      else yield toEvent(part, dueMs);
    }
    if (frame === undefined) continue;
    if (announcing !== undefined) yield toEvent(frame, dueMs);
    else yield { kind, name: frame.name, id: frame.id, data: frame.data, dueMs, tokens };
  }
  const dueMs = next.value;
  for (const frame of writer.close(endOf(answer, sent, dueMs))) yield toEvent(frame, dueMs);
  return { how: 'end', dueMs };
}

const NO_FRAMES: readonly Frame[] = [];

/** An event without tokens. */
export function toEvent({ kind, name, id, data }: Frame, dueMs: number, as: AnswerEvent['kind'] = kind): AnswerEvent {
  return { kind: as, name, id, data, dueMs, tokens: 0 };
}

/** The body of an answer in one piece, the kind of its first token, and when it is due: with its last token. */
export function wholeAnswer(
  answer: Answer,
  shape: Shape,
): { body: string; kind: TokenKind | undefined; dueMs: number } {
  const { plan } = answer;
  const chunks = tokenChunks(plan);
  let kind: TokenKind | undefined;
  let reasoning = '';
  let text = '';
  let next = chunks.next();
  for (; next.done !== true; next = chunks.next()) {
    kind ??= next.value.kind;
    if (next.value.kind === 'reasoning') reasoning += next.value.text;
    else text += next.value.text;
  }
  const sent = { output: plan.reasoningTokens + plan.answerTokens, reasoning: plan.reasoningTokens };
  const end = endOf(answer, sent, next.value);
  return { body: shape.formatWhole(answer, { ...end, reasoning, text }), kind, dueMs: next.value };
}

function endOf(answer: Answer, sent: SentTokens, lastTokenMs: number): AnswerEnd {
  const { plan } = answer;
  return {
    reason: finishReasonOf(plan),
    usage: plan.options.usage === 'none' ? undefined : countUsage(answer, sent),
    firstTokenMs: plan.ttftMs,
    lastTokenMs,
    sent,
  };
}

function finishReasonOf(plan: AnswerPlan): FinishReason {
  if (plan.isCutByLimit) return 'length';
  return plan.toolName === undefined ? 'stop' : 'tool-calls';
}
