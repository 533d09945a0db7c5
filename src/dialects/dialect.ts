import type { HttpRefusal, HttpRequest } from '../model/exchange.ts';
import type { Message } from '../model/message.ts';
import type { Parameters } from '../model/parameters.ts';
import type { Failure } from '../model/record.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import type { StreamPart } from '../model/stream-part.ts';
import type { Credentials, DialectId, Target } from '../model/target.ts';
import type { Tool, ToolChoice, ToolChoiceKind } from '../model/tool.ts';

/** What differs between servers of one family, found out before anything is measured. */
export interface Quirks {
  /** Ask for token counts in the stream; some servers refuse the option. */
  readonly asksForUsage: boolean;
  /** Ask OpenAI and Azure not to pad events with chance characters, which would count as bytes; older versions may refuse the option. */
  readonly asksForNoPadding: boolean;
}

export const DEFAULT_QUIRKS: Quirks = { asksForUsage: true, asksForNoPadding: true };

export interface EncodeInput {
  readonly target: Target;
  readonly credentials: Credentials;
  readonly messages: readonly Message[];
  /** Undefined: none, else at least one. */
  readonly tools: readonly Tool[] | undefined;
  /** Undefined: not sent. Only kinds that `toolChoices` names. */
  readonly toolChoice: ToolChoice | undefined;
  readonly parameters: Parameters;
  readonly quirks: Quirks;
  /** Whether to ask for a stream. */
  readonly isStreamed: boolean;
  /** Sent as `user-agent`. */
  readonly userAgent: string;
}

/** What one frame on the wire says, in its own order; at least one part. */
export type Frame = readonly StreamPart[];

/** A frame that is one text alone, as the bytes that brought it. */
export interface LentText {
  readonly type: 'content' | 'reasoning';
  /** UTF-8 without escapes, from `start` to before `end`; lent for the call. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** No byte is beyond ASCII; else it may not even be UTF-8. */
  readonly isAscii: boolean;
}

/** Reads one answer, however its bytes were cut. */
export interface AnswerReader {
  /** Whether the answer came as a stream; known from the first byte on, and true before. */
  readonly isStreamed: boolean;
  /** Calls back during the call for every frame that these bytes complete. The bytes are not kept. */
  push(bytes: Uint8Array): void;
  /** The body has ended: delivers what was left open. `isWhole`: it came to its proper end, and was not cut off. */
  end(isWhole: boolean): void;
  /** From now on frames that are one text alone may come here instead, which spares their making. Missing: they never do. */
  lendTexts?(onText: (text: LentText) => void): void;
}

/** The port: how one API family speaks. An adapter is a folder with encode.ts, decode.ts and dialect.ts, named in registry.ts. */
export interface Dialect {
  readonly id: DialectId;
  /** How the model can be told to choose between tools on the route of a target; empty: it can be given none. */
  toolChoices(target: Target): readonly ToolChoiceKind[];
  /** Throws an AppError for a target that cannot be asked as it stands, or not with these parameters. Called before a run. */
  check?(target: Target, parameters: Parameters): void;
  /** Whole request, serialised before any clock runs. */
  encode(input: EncodeInput): HttpRequest;
  /** A reader for the body of one 2xx answer. `isStreamed`: a stream was asked for; whether one came is the reader's to say. */
  openAnswer(isStreamed: boolean, onFrame: (frame: Frame) => void, target: Target): AnswerReader;
  /**
   * For an API that answers the wish for a stream with the address of one: what to send next, once the body of the first 2xx answer is
   * there. Undefined: that body is the answer, and is read as one. Must not throw, and must give no secret to a host that the
   * user did not name.
   */
  follow?(answer: string, input: EncodeInput): HttpRequest | undefined;
  /** Names what a refusal means. */
  failureOf(refusal: HttpRefusal, sanitizer: Sanitizer): Failure;
  /** What to try when a request of a target was refused as invalid; undefined: nothing is left to try. */
  concede(quirks: Quirks, target: Target): Quirks | undefined;
}
