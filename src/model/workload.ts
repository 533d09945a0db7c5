import type { Message } from './message.ts';
import type { Tool, ToolChoice } from './tool.ts';

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
  /** What the model may call; undefined: nothing, else at least one. */
  readonly tools: readonly Tool[] | undefined;
  /** Undefined: not sent, which leaves it to the provider. */
  readonly toolChoice: ToolChoice | undefined;
}

/** Where the prompts came from, without their text. */
export interface WorkloadOrigin {
  /** `inline` for `--prompt`, else the file's name as the user wrote it. */
  readonly source: string;
  /** Of the prompts' canonical JSON, hexadecimal: equal for equal prompts, whatever file held them. */
  readonly sha256: string;
  readonly items: number;
}
