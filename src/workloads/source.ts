import type { WorkloadItem } from '../model/workload.ts';

/** What a file says of a prompt; its index comes from its place. */
export type Prompt = Omit<WorkloadItem, 'index'>;

/**
 * The port: turns one kind of file into prompts. `file` is the name for error messages only.
 * Throws FILE_MALFORMED with the line of the first mistake. An empty list is the caller's to refuse.
 */
export type PromptReader = (text: string, file: string) => readonly Prompt[];
