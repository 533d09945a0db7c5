import { type Candidates, candidatesFor } from '../completion/candidates.ts';
import { SCRIPTS, type Shell } from '../completion/scripts.ts';
import { splitLine } from '../completion/split-line.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { writeResult } from '../output/streams.ts';

/** `completion bash`: the script for a shell. */
export const completion: Command<object> = async (_, __, [shell]) => {
  await writeResult(SCRIPTS[shell as Shell]);
  return EXIT.ok;
};

export interface CompleteFlags {
  readonly shell?: Shell;
  readonly line?: string;
}

/** `complete`: what those scripts ask. */
export const complete: Command<CompleteFlags> = async ({ shell, line }, context, given) => {
  if (context.program === undefined) return EXIT.unexpected;
  const words = line === undefined ? given : splitLine(line).slice(1);
  const found = await candidatesFor(context.program, words, context);
  await writeResult(toLines(found, shell === 'bash' ? endOfWordsBefore(words.at(-1) ?? '') : 0).join('\n'));
  return EXIT.ok;
};

function toLines({ values, withFiles, isOpen }: Candidates, skip: number): readonly string[] {
  const lines = values.map(({ value, about }) => `${value.slice(skip)}\t${about.replaceAll(/\s+/g, ' ')}`);
  return [...lines, withFiles ? ':files' : isOpen ? ':open' : ':'];
}

/** Bash replaces only what follows the last = or :. */
function endOfWordsBefore(word: string): number {
  return Math.max(word.lastIndexOf('='), word.lastIndexOf(':')) + 1;
}
