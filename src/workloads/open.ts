import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '../errors.ts';
import type { WorkloadItem, WorkloadOrigin } from '../model/workload.ts';
import { readJsonl } from './jsonl.ts';
import { bareOf } from './prompt-fields.ts';
import { unreadable } from './read-file.ts';
import type { Prompt, PromptReader } from './source.ts';
import { readText } from './text.ts';

export { type Dataset, readDataset } from './dataset.ts';
export { requireFile } from './read-file.ts';
export { freshened, openPrompts, sampleOf } from './supply.ts';
export { readPrefixShare, readSynthetic, readTurns } from './synthetic-grammar.ts';
export { readTrace } from './trace-file.ts';
export { findWordPool } from './word-pool.ts';

/** Prompts, and where they came from. */
export interface Workload {
  readonly items: readonly WorkloadItem[];
  readonly origin: WorkloadOrigin;
}

/** The YAML parser is only loaded for YAML. */
const READERS: Readonly<Record<string, () => Promise<PromptReader>>> = {
  '.txt': async () => readText,
  '.jsonl': async () => readJsonl,
  '.yaml': async () => (await import('./yaml.ts')).readYaml,
  '.yml': async () => (await import('./yaml.ts')).readYaml,
};

/** Reads a prompt file by its extension. Throws FILE_UNREADABLE, FILE_KIND_UNKNOWN, FILE_MALFORMED or FILE_EMPTY. */
export async function openWorkload(file: string): Promise<Workload> {
  const reader = READERS[extname(file).toLowerCase()];
  if (reader === undefined) throw new AppError('FILE_KIND_UNKNOWN', { file });
  const text = await readWhole(file);
  const prompts = (await reader())(text.replace(/^\uFEFF/, ''), file);
  if (prompts.length === 0) throw new AppError('FILE_EMPTY', { file });
  return workloadOf(prompts, file);
}

/** Prompts given on the spot. */
export function inlineWorkload(texts: readonly string[]): Workload {
  return workloadOf(texts.map(bareOf), 'inline');
}

function workloadOf(prompts: readonly Prompt[], source: string): Workload {
  const items = prompts.map((prompt, index) => ({ index, ...prompt }));
  const sha256 = createHash('sha256').update(JSON.stringify(prompts)).digest('hex');
  return { items, origin: { source, sha256, items: items.length } };
}

async function readWhole(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}
