import type { Plan } from './plan.ts';
import type { Run } from './run.ts';

/**
 * The shell command that repeats a run: `llm-bench run …` with the same seed, or `llm-bench rerun ID` where only the stored run knows
 * its plan. Holds no secret. Prompts given on the spot that were not kept appear as `"$PROMPT_1"`, for the reader to fill in.
 */
export function repeatCommand({ id, plan }: Pick<Run, 'id' | 'plan'>): string {
  if (plan.repeatArguments === undefined) return `llm-bench rerun ${shellQuote(id)}`;
  const words = ['llm-bench', 'run', ...plan.repeatArguments.map(shellQuote)];
  return [...words, ...missingPrompts({ plan })].join(' ');
}

/** Whether the run's prompts were given on the spot and are not kept: whoever repeats it has to give them again. */
export function needsPrompts({ plan }: Pick<Run, 'plan'>): boolean {
  return plan.workload.source === 'inline' && plan.repeatArguments?.includes('--prompt') !== true;
}

function missingPrompts(run: Pick<Run, 'plan'>): readonly string[] {
  if (!needsPrompts(run)) return [];
  return Array.from({ length: run.plan.workload.items ?? 0 }, (_, index) => `--prompt "$PROMPT_${index + 1}"`);
}

/** One word of a POSIX shell: as it stands where nothing in it means anything, else in single quotes. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What was said that no result of the run should meet (`--fail-if`), as it was written; nothing where nobody said or knows. */
export function conditionsOf({ repeatArguments = [] }: Pick<Plan, 'repeatArguments'>): readonly string[] {
  return repeatArguments.flatMap((word, index) => {
    if (word.startsWith('--fail-if=')) return [word.slice('--fail-if='.length)];
    return word !== '--fail-if' && repeatArguments[index - 1] === '--fail-if' ? [word] : [];
  });
}
