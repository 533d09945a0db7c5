import type { AnswerPlan, SentTokens, TokenChunk, TokenKind } from '../answer-tokens.ts';
import type { Refusal } from '../refusal.ts';
import type { Headers } from '../response-head.ts';
import type { Family } from './family.ts';
import type { KeyPlace } from './keys.ts';
import type { JsonFields } from './request-fields.ts';

/** A POST as a shape reads it. */
export interface PostedRequest {
  readonly fields: JsonFields;
  /** What the route's pattern cut out of the path, percent-decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: ReadonlyMap<string, string>;
}

/** What the simulator heeds of a request, whatever its family. */
export interface Asked {
  /** Undefined where the server has one model and requests name none. */
  readonly model: string | undefined;
  readonly wantsStream: boolean;
  readonly hasStreamOptions: boolean;
  /** The request asked for a usage that the family gives only on demand; true where it always gives one. */
  readonly wantsUsage: boolean;
  readonly maxTokens: number | undefined;
  /** Name of the first tool offered. */
  readonly toolName: string | undefined;
  /** One per word of the prompt. */
  readonly inputTokens: number;
}

/** Tokens as reported: cached and cache-write tokens are part of the input, reasoning tokens part of the output. */
export interface UsageCount {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
}

/** All that is needed to write one answer. */
export interface Answer {
  readonly plan: AnswerPlan;
  readonly asked: Asked;
  /** The model's name as the answer gives it. */
  readonly model: string;
  readonly createdAtMs: number;
}

/** One unit of a stream before its framing: an event, a line or a message. */
export interface Frame {
  /**
   * `done` can be left out by a framing; `error-field` is sent as a field named `error`, and `exception` and `error-field` as
   * messages of these types in an AWS event stream; `other` needs no care.
   */
  readonly kind: 'other' | 'done' | 'error-field' | 'exception';
  /** The event's name, where the family names its events. */
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
}

export type FinishReason = 'stop' | 'length' | 'tool-calls';

/** How an answer ended. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  /** Undefined: none is to be told. */
  readonly usage: UsageCount | undefined;
  /** As the plan has it, milliseconds after the start of service: what servers with timings of their own report. */
  readonly firstTokenMs: number;
  readonly lastTokenMs: number;
  /** Tokens really sent. */
  readonly sent: SentTokens;
}

/** The text of an answer in one piece. */
export interface WholeAnswer extends AnswerEnd {
  readonly reasoning: string;
  /** Content, or the arguments of a tool call. */
  readonly text: string;
}

/** Writes the frames of one stream in their order. */
export interface StreamWriter {
  /** What is sent before any token. */
  open(): readonly Frame[];
  /** What the first chunk of a kind needs in front of it: the end of the block before, the start of its own. */
  turnTo(kind: TokenKind): readonly Frame[];
  /** Undefined when `turnTo` has said it all: a call's name without arguments. */
  delta(chunk: TokenChunk, sent: SentTokens): Frame | undefined;
  /** Everything after the last token. */
  close(end: AnswerEnd): readonly Frame[];
  /** A failure amid the stream; `isField` asks for the odd form of old llama.cpp builds, where the family could have it. */
  fail(isField: boolean): readonly Frame[];
}

export type Wire = 'sse' | 'sse-crlf' | 'ndjson' | 'json-array' | 'aws-event-stream' | 'aws-payload-parts';

export interface ErrorReply {
  readonly body: string;
  readonly headers: Headers;
}

/** How one family reads requests and writes answers. */
export interface Shape {
  readonly family: Family;
  readonly wire: Wire;
  /** Where requests may carry the key. */
  readonly keys: readonly KeyPlace[];
  /** Sent between events under the framing `comments`; empty where the family has nothing of the kind. */
  readonly keepAlive: string;
  /** False: reasoning tokens are not sent, since there is no place for them. */
  readonly hasReasoning: boolean;
  /** `whole`: a tool call comes in one frame, when its last token is due; `none`: the family calls no tools. */
  readonly toolCalls: 'pieces' | 'whole' | 'none';
  /** Throws Refusal. */
  read(request: PostedRequest): Asked;
  createWriter(answer: Answer): StreamWriter;
  /** The body of an answer that is not streamed. */
  formatWhole(answer: Answer, whole: WholeAnswer): string;
  /** The body and the headers of an error. */
  formatError(refusal: Refusal, context: ErrorContext): ErrorReply;
  /** Headers of an answer that only this family has. */
  headersOf(answer: Answer): Headers;
  /** Status of an answer that is not streamed. */
  readonly wholeStatus: number;
  /** The shape for this body, where one path takes several; undefined: this one. */
  readonly forBody: ((fields: JsonFields) => Shape) | undefined;
  /** For families that answer with a ticket and the answer itself elsewhere; undefined: no ticket, answer at once. */
  readonly ticketFor: ((request: TicketRequest) => string | undefined) | undefined;
}

export interface TicketRequest {
  readonly asked: Asked;
  readonly headers: ReadonlyMap<string, string>;
  readonly requestNumber: number;
}

/** What most shapes have in common. */
export const PLAIN_SHAPE = {
  keepAlive: ': keep-alive\n\n',
  headersOf: () => ({}),
  wholeStatus: 200,
  forBody: undefined,
  ticketFor: undefined,
} as const;

export interface ErrorContext {
  readonly requestNumber: number;
  readonly retryAfterSeconds: number;
}

/** A frame that needs no care. */
export function frameOf(data: string, name?: string, id?: string): Frame {
  return { kind: 'other', name, id, data };
}

export const DONE_FRAME: Frame = { kind: 'done', name: undefined, id: undefined, data: '[DONE]' };

/** What each family says of a failure amid a stream. */
export const STREAM_FAILURE = 'Simulated failure in the stream';
