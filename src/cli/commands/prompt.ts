import { generatePrompts } from '../../app/prompts/generate-prompts.ts';
import { type PromptFormat, promptFormatOf } from '../../app/prompts/prompts-file.ts';
import { AppError } from '../../errors.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { optional, readTargetOptions, type TargetFlags } from '../flags/target-flags.ts';
import { readCount } from '../flags/values.ts';
import { say, writeResult } from '../output/streams.ts';

export type GenerateFlags = TargetFlags & {
  readonly count?: string;
  readonly instruction?: string;
  readonly output?: string;
  readonly format?: PromptFormat;
  readonly force?: boolean;
};

const DEFAULT_COUNT = 10;
const DEFAULT_FILE = 'prompts.txt';

/** `prompt generate`: a file of prompts from a model. Fewer than were asked for are kept, and an error. */
export const promptGenerate: Command<GenerateFlags> = async (flags, context, names) => {
  const wanted = optional(flags.count, '--count', readCount) ?? DEFAULT_COUNT;
  const file = flags.output ?? DEFAULT_FILE;
  const made = await generatePrompts(
    context.createApp(context.settings.logLevel),
    {
      options: readTargetOptions(flags, names),
      count: wanted,
      instruction: flags.instruction,
      file,
      format: flags.format ?? formatOf(file),
      isForced: flags.force === true,
    },
    surroundingsOf(context, { isRehearsal: false }),
  );
  const { target, format, count, unfit } = made;
  const document = { output: file, provider: target.provider, model: target.model, format, count };
  await writeResult(JSON.stringify(document, undefined, 2));
  if (count === wanted) return EXIT.ok;
  const others = unfit === 0 ? '' : ` (${unfit} more have several lines, which need --format jsonl or yaml)`;
  say(`error: asked for ${wanted} prompts and got ${count}${others}; they are kept in ${file}: ask again with --force`);
  return EXIT.nothingMeasured;
};

function formatOf(file: string): PromptFormat {
  const format = promptFormatOf(file);
  if (format !== undefined) return format;
  const problem = `${file} does not end in .txt, .jsonl, .yaml or .yml; name it so, or give --format`;
  throw new AppError('FLAG_INVALID', { flag: '--output', problem, command: 'prompt generate' });
}
