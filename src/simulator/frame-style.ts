import type { AnswerEvent } from './answer-events.ts';
import type { Framing } from './options.ts';

/** The text of an event on the wire; `isEnd`: it is the last one. */
export type FrameText = (event: AnswerEvent, isEnd: boolean) => string;

export interface FrameStyle {
  readonly framing: readonly Framing[];
  readonly requestNumber: number;
  /** With line ends as `\n`. */
  readonly keepAlive: string;
  readonly lineEnd: '\n' | '\r\n' | '\r';
}
