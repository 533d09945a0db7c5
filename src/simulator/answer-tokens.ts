import { drawFrom } from './distribution.ts';
import type { AnswerOptions } from './options.ts';
import { createRandom, type Random } from './random.ts';

export type TokenKind = 'reasoning' | 'content' | 'tool-call';

/** Tokens that travel together. */
export interface TokenChunk {
  readonly kind: TokenKind;
  /** From 0; the first token of a tool call is the function's name and has no text. */
  readonly firstToken: number;
  readonly text: string;
  readonly tokens: number;
  /** When its first token is due, milliseconds after the start of service; of a whole tool call: its last. */
  readonly dueMs: number;
  readonly isLast: boolean;
}

/** Tokens sent so far. */
export interface SentTokens {
  /** Reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}

/** How many tokens of which kind one request is answered with. */
export interface AnswerPlan {
  readonly requestNumber: number;
  readonly seed: number;
  readonly options: AnswerOptions;
  readonly ttftMs: number;
  /** Reasoning that is counted but never sent. */
  readonly hiddenTokens: number;
  readonly reasoningTokens: number;
  /** Content or tool-call tokens. */
  readonly answerTokens: number;
  readonly isCutByLimit: boolean;
  /** The function to call; undefined: answer with text. */
  readonly toolName: string | undefined;
  /** The call is sent in one piece. */
  readonly isCallWhole: boolean;
}

export interface PlanRequest {
  readonly requestNumber: number;
  readonly seed: number;
  readonly options: AnswerOptions;
  readonly maxTokens: number | undefined;
  readonly toolName: string | undefined;
  readonly isEmpty: boolean;
  /** Passes over the limit: twice as many tokens as allowed, or as many as were drawn if these are more. */
  readonly isOverLimit: boolean;
  /** The family has a place for reasoning. */
  readonly hasReasoning: boolean;
  readonly isCallWhole: boolean;
}

// Each third to fourth word has multi-byte characters: two (é), three (漢) and four (🙂) bytes of UTF-8.
const MULTI_BYTE_WORDS = ['café', '漢字', '🙂', 'naïve', 'Übung', '語'] as const;
const PLAIN_WORDS = [
  'the',
  'river',
  'runs',
  'past',
  'old',
  'stones',
  'and',
  'every',
  'bridge',
  'keeps',
  'its',
  'own',
  'slow',
  'time',
  'under',
  'light',
] as const;
const ALL_WORDS: readonly string[] = [...PLAIN_WORDS, ...MULTI_BYTE_WORDS];

/** Draws one request's numbers from its own random streams. Hidden reasoning comes first, and under the limit too. */
export function planAnswer(request: PlanRequest): AnswerPlan {
  const { requestNumber, seed, options } = request;
  const ttftMs = drawFrom(options.ttft, createRandom(seed, requestNumber, 'ttft'));
  const drawnTokens = Math.round(drawFrom(options.tokens, createRandom(seed, requestNumber, 'tokens')));
  const wanted = request.isEmpty ? NO_TOKENS : wantedTokens(request, drawnTokens);
  const all = wanted.hidden + wanted.reasoning + wanted.answer;
  const left = request.isOverLimit ? all : Math.min(all, request.maxTokens ?? all);
  const hiddenTokens = Math.min(left, wanted.hidden);
  const reasoningTokens = Math.min(left - hiddenTokens, wanted.reasoning);
  return {
    requestNumber,
    seed,
    options,
    ttftMs,
    hiddenTokens,
    reasoningTokens,
    answerTokens: left - hiddenTokens - reasoningTokens,
    isCutByLimit: left < all,
    toolName: options.answer === 'tool-call' ? request.toolName : undefined,
    isCallWhole: request.isCallWhole,
  };
}

interface WantedTokens {
  readonly hidden: number;
  readonly reasoning: number;
  readonly answer: number;
}

const NO_TOKENS: WantedTokens = { hidden: 0, reasoning: 0, answer: 0 };

function wantedTokens(request: PlanRequest, drawnTokens: number): WantedTokens {
  const { options, maxTokens = 0, isOverLimit, hasReasoning } = request;
  return {
    hidden: options.hiddenReasoningTokens,
    reasoning: hasReasoning ? options.reasoningTokens : 0,
    answer: isOverLimit ? Math.max(drawnTokens, 2 * maxTokens) : drawnTokens,
  };
}

/**
 * The answer's tokens in chunks of `tokensPerChunk`; reasoning and answer never share one.
 * Returns when the last token is due; an answer without tokens is over when its first token would have been due.
 */
export function* tokenChunks(plan: AnswerPlan): Generator<TokenChunk, number> {
  const { reasoningTokens, answerTokens, options } = plan;
  const delays = createRandom(plan.seed, plan.requestNumber, 'delays');
  const words = createRandom(plan.seed, plan.requestNumber, 'words');
  const total = reasoningTokens + answerTokens;
  let dueMs = plan.ttftMs;
  let token = 0;
  while (token < total) {
    const isReasoning = token < reasoningTokens;
    const kind = isReasoning ? 'reasoning' : plan.toolName === undefined ? 'content' : 'tool-call';
    const isWhole = kind === 'tool-call' && plan.isCallWhole;
    const end = Math.min(isReasoning ? reasoningTokens : total, token + (isWhole ? total : options.tokensPerChunk));
    const firstToken = isReasoning ? token : token - reasoningTokens;
    const chunkDueMs = dueMs;
    const tokens = end - token;
    let text = '';
    for (; token < end; token += 1) {
      text += isReasoning ? tokenWord(plan, token, words) : answerToken(plan, token - reasoningTokens, words);
      if (token + 1 < total) dueMs += drawFrom(options.tokenDelay, delays);
    }
    yield { kind, firstToken, text, tokens, dueMs: isWhole ? dueMs : chunkDueMs, isLast: token === total };
  }
  return dueMs;
}

function answerToken(plan: AnswerPlan, index: number, words: Random): string {
  if (plan.toolName === undefined) return index === 0 ? `r${plan.requestNumber}` : tokenWord(plan, index, words);
  return argumentsToken(plan, index, words);
}

/** Pieces of `{"text":"r1 word word"}`: complete JSON from two tokens on, unless cut by max_tokens. */
function argumentsToken(plan: AnswerPlan, index: number, words: Random): string {
  if (index === 0) return '';
  const piece = index === 1 ? `{"text":"r${plan.requestNumber}` : tokenWord(plan, index, words);
  const isLast = index === plan.answerTokens - 1;
  return isLast && !plan.isCutByLimit ? `${piece}"}` : piece;
}

function tokenWord(plan: AnswerPlan, index: number, words: Random): string {
  // Under split-utf8 each write is to be cut inside a character, so each word needs one.
  const choice = plan.options.framing.includes('split-utf8') ? MULTI_BYTE_WORDS : ALL_WORDS;
  const word = choice[Math.floor(words() * choice.length)] ?? '';
  if (index === 0) return word;
  return plan.options.answer === 'lines' && index % 2 === 1 ? `\n${word}` : ` ${word}`;
}
