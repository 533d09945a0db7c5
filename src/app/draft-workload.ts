import { AppError } from '../errors.ts';
import type { SyntheticPrompts } from '../model/recipe.ts';
import { readPrefixShare, readSynthetic, readTrace, readTurns, requireFile } from '../workloads/open.ts';
import { loadPrompts } from './load-prompts.ts';
import { type DraftedWorkload, describeSynthetic } from './prepare-workload.ts';

/** What the user says of the prompts, as it was written. */
export interface WorkloadWish {
  readonly texts: readonly string[];
  readonly file: string | undefined;
  readonly synthetic: string | undefined;
  readonly prefixShare: string | undefined;
  readonly turns: string | undefined;
  readonly dataset: string | undefined;
  readonly trace: string | undefined;
  /** Most prompts that are taken from a dataset. */
  readonly mostPrompts: number;
}

/** Reads what the user wants sent. Exactly one kind of prompts is named. Rejects with FLAG_* and FILE_* codes. */
export async function draftWorkload(wish: WorkloadWish): Promise<DraftedWorkload> {
  const { texts, file, synthetic } = wish;
  if (synthetic !== undefined) return draftSynthetic(synthetic, wish);
  refuseWithout(wish.prefixShare, '--prefix-share', '--synthetic');
  if (wish.dataset !== undefined) return draftDataset(wish.dataset, wish);
  refuseWithout(wish.turns, '--turns', '--synthetic or --dataset');
  if (wish.trace !== undefined) return draftTrace(wish.trace);
  return { kind: 'given', workload: await loadPrompts(file === undefined ? { texts } : { file }) };
}

function refuseWithout(given: string | undefined, flag: string, needed: string): void {
  if (given === undefined) return;
  throw new AppError('FLAG_MISSING', { flag: needed, hint: `${flag} goes with ${needed} only` });
}

/** A dataset is read when its tokenizer is known; that the file is there is seen now. */
async function draftDataset(file: string, { turns, mostPrompts }: WorkloadWish): Promise<DraftedWorkload> {
  const most = turns === undefined ? undefined : readMostTurns(turns);
  await requireFile(file);
  return { kind: 'dataset', file, turns: most, mostPrompts };
}

function readMostTurns(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1) return Number(text);
  const problem = `"${text}" is not a whole number from 1: with --dataset it is the most turns of a conversation`;
  throw new AppError('FLAG_INVALID', { flag: '--turns', problem, command: 'run' });
}

async function draftTrace(file: string): Promise<DraftedWorkload> {
  const { trace, passedOver } = await readTrace(file);
  const notes =
    passedOver === 0
      ? []
      : [`${passedOver} rows of ${file} were left out: they failed, or had no tokens, when they were traced`];
  return { kind: 'made', prompts: trace, source: `trace ${file}`, notes };
}

async function draftSynthetic(text: string, { prefixShare, turns }: WorkloadWish): Promise<DraftedWorkload> {
  const prompts: SyntheticPrompts = {
    kind: 'synthetic',
    ...(await readSynthetic(text)),
    prefix: prefixShare === undefined ? undefined : readPrefixShare(prefixShare),
    turns: turns === undefined ? undefined : await readTurns(turns),
  };
  return { kind: 'made', prompts, source: describeSynthetic(text, prompts), notes: [] };
}
