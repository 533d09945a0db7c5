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

export const CACHE_MODES = ['cold', 'warm', 'natural'] as const;

/**
 * What requests may find in the server's prompt cache. `cold`: no request begins as another did, in this run or before, but where sharing is
 * asked for. `warm`: the warm-up sends the very prompts first. `natural`: prompts are sent as they are.
 */
export type CacheMode = (typeof CACHE_MODES)[number];

/** What a request was to be, beside its prompt. Undefined: nothing was asked. */
export interface Asked {
  /** Tokens of the prompt's texts, filler included, chat template not. */
  readonly inputTokens: number | undefined;
  /** Length wanted for the answer; also its limit. */
  readonly outputTokens: number | undefined;
  /** Tokens of filler before the prompt: its context tier. 0 is the tier without. */
  readonly contextTokens: number | undefined;
  /** Number of the conversation within its target and phase, from 1. */
  readonly conversation: number | undefined;
  /** Number of the request within its conversation, from 1. */
  readonly turn: number | undefined;
  /** How many turns the conversation was to have. */
  readonly turns: number | undefined;
}

export const NOTHING_ASKED: Asked = {
  inputTokens: undefined,
  outputTokens: undefined,
  contextTokens: undefined,
  conversation: undefined,
  turn: undefined,
  turns: undefined,
};

/** What the user says in a later turn of a conversation. */
export interface Turn {
  readonly content: string;
  /** Upper limit of output tokens; undefined: the plan's. */
  readonly maxTokens: number | undefined;
  /** Tokens of `content`; undefined: not counted. */
  readonly inputTokens: number | undefined;
}

/** A prompt as it is sent. */
export interface DrawnPrompt {
  /** Its messages are the ones to send. */
  readonly item: WorkloadItem;
  readonly asked: Asked;
  /** What follows the answer; empty for a single question. */
  readonly laterTurns: readonly Turn[];
}

/** Where the prompts came from, without their text. */
export interface WorkloadOrigin {
  /** `inline` for `--prompt`, the file's name as the user wrote it, or what is made (`synthetic in=1024,out=256`). */
  readonly source: string;
  /** Of the prompts' canonical JSON, or of the recipe that makes them, hexadecimal: equal for equal prompts, whatever file held them. */
  readonly sha256: string;
  /** Different prompts; undefined: every request has its own. */
  readonly items: number | undefined;
}
