import type { Milliseconds } from '../model/units.ts';
import type { DrawnPrompt, WorkloadItem } from '../model/workload.ts';
import type { Random } from '../random.ts';

/**
 * The port: the prompts of one target, made when they are wanted, so that a million of them need no memory. The same place gives the same
 * prompt, its fresh part aside.
 */
export interface PromptSupply {
  /** Different prompts; infinite where every place has its own. */
  readonly count: number;
  /** Of a trace: when each place arrived, from the first on, ascending. */
  readonly arrivesAtMs?: ArrayLike<Milliseconds> | undefined;
  /** `place` is below `count`. `fresh` writes the part that must be new to every server; undefined: the prompt is as it is. */
  draw(place: number, fresh: Random | undefined): DrawnPrompt;
}

/** What a file says of a prompt; its index comes from its place. */
export type Prompt = Omit<WorkloadItem, 'index'>;

/**
 * The port: turns one kind of file into prompts. `file` is the name for error messages only.
 * Throws FILE_MALFORMED with the line of the first mistake. An empty list is the caller's to refuse.
 */
export type PromptReader = (text: string, file: string) => readonly Prompt[];
