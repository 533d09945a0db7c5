import type { Message } from './message.ts';

/** One prompt to send. */
export interface WorkloadItem {
  /** Place in the source, from 0. */
  readonly index: number;
  /** The user's name for the prompt; reports then show it on a line of its own. */
  readonly name: string | undefined;
  /** At least one. */
  readonly messages: readonly Message[];
  /** Upper limit of output tokens for this prompt; wins over the plan's. */
  readonly maxTokens: number | undefined;
}

/** Where the prompts came from, without their text. */
export interface WorkloadOrigin {
  /** `inline` for `--prompt`, else the file's name as the user wrote it. */
  readonly source: string;
  /** Of the prompts' canonical JSON, hexadecimal: equal for equal prompts, whatever file held them. */
  readonly sha256: string;
  readonly items: number;
}
