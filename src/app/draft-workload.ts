import { AppError } from '../errors.ts';
import type { SyntheticPrompts } from '../model/recipe.ts';
import { readPrefixShare, readSynthetic, readTurns } from '../workloads/open.ts';
import { loadPrompts } from './load-prompts.ts';
import { type DraftedWorkload, describeSynthetic } from './prepare-workload.ts';

/** What the user says of the prompts, as it was written. */
export interface WorkloadWish {
  readonly texts: readonly string[];
  readonly file: string | undefined;
  readonly synthetic: string | undefined;
  readonly prefixShare: string | undefined;
  readonly turns: string | undefined;
}

/** Reads what the user wants sent. Exactly one kind of prompts is named. Rejects with FLAG_* and FILE_* codes. */
export async function draftWorkload(wish: WorkloadWish): Promise<DraftedWorkload> {
  const { texts, file, synthetic } = wish;
  if (synthetic !== undefined) return draftSynthetic(synthetic, wish);
  refuseWithout(wish.prefixShare, '--prefix-share', '--synthetic');
  refuseWithout(wish.turns, '--turns', '--synthetic');
  return { kind: 'given', workload: await loadPrompts(file === undefined ? { texts } : { file }) };
}

function refuseWithout(given: string | undefined, flag: string, needed: string): void {
  if (given === undefined) return;
  throw new AppError('FLAG_MISSING', { flag: needed, hint: `${flag} goes with ${needed} only` });
}

async function draftSynthetic(text: string, { prefixShare, turns }: WorkloadWish): Promise<DraftedWorkload> {
  const prompts: SyntheticPrompts = {
    kind: 'synthetic',
    ...(await readSynthetic(text)),
    prefix: prefixShare === undefined ? undefined : readPrefixShare(prefixShare),
    turns: turns === undefined ? undefined : await readTurns(turns),
  };
  return { kind: 'made', prompts, source: describeSynthetic(text, prompts) };
}
