import { access } from 'node:fs/promises';
import { extname } from 'node:path';
import { stringify } from 'yaml';
import { AppError } from '../../errors.ts';
import { checkReplaceable, replaceFile } from '../../providers/replace-file.ts';

/** A prompt as a file of prompts holds it. */
export interface WrittenPrompt {
  readonly name: string | undefined;
  readonly text: string;
}

export const PROMPT_FORMATS = ['txt', 'jsonl', 'yaml'] as const;

export type PromptFormat = (typeof PROMPT_FORMATS)[number];

/** By the name's ending; undefined for another one. */
export function promptFormatOf(file: string): PromptFormat | undefined {
  const ending = extname(file).toLowerCase().slice(1);
  return ending === 'yml' ? 'yaml' : PROMPT_FORMATS.find((format) => format === ending);
}

/** Before anything is paid for: rejects with FILE_EXISTS, or FILE_NOT_CHANGED where nothing can be written. */
export async function checkPlace(file: string, isForced: boolean): Promise<void> {
  if (!isForced && (await isThere(file))) throw new AppError('FILE_EXISTS', { file });
  await checkReplaceable(file);
}

/** Writes a file that `run --prompt-file` reads. Rejects with FILE_EXISTS (unless `isForced`) or FILE_NOT_CHANGED. */
export async function writePrompts(
  file: string,
  prompts: readonly WrittenPrompt[],
  { format, isForced }: { readonly format: PromptFormat; readonly isForced: boolean },
): Promise<void> {
  await replaceFile(file, (bytes) => {
    if (bytes !== undefined && !isForced) throw new AppError('FILE_EXISTS', { file });
    return promptsText(prompts, format);
  });
}

/** In txt a prompt is a line: one of several must go elsewhere. */
export function fitsFormat({ text }: WrittenPrompt, format: PromptFormat): boolean {
  return format !== 'txt' || !/[\r\n]/.test(text.trim());
}

function promptsText(prompts: readonly WrittenPrompt[], format: PromptFormat): string {
  if (format === 'txt') return prompts.map(({ text }) => `${text.trim()}\n`).join('');
  if (format === 'jsonl') {
    return prompts.map(({ name, text }) => `${JSON.stringify({ name, prompt: text })}\n`).join('');
  }
  const list = prompts.map(({ name, text }) => (name === undefined ? { text } : { name, text }));
  return stringify({ prompts: list }, { lineWidth: 0 });
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false; // Whatever else is wrong with it is said when it is written.
  }
}
