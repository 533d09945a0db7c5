import { AppError } from '../../errors.ts';
import type { ProviderEntry } from '../../model/provider-entry.ts';
import { pathText } from '../../providers/problems.ts';

/** Providers that are written out on the command line. Rejects with FLAG_INVALID. The YAML parser is only loaded where it is needed. */
export async function readInlineTargets(texts: readonly string[]): Promise<readonly ProviderEntry[]> {
  if (texts.length === 0) return [];
  const { readYaml } = await import('../../providers/yaml-source.ts');
  const { readInlineTarget } = await import('../../providers/inline-target.ts');
  return texts.map((text) => {
    const read = readInlineTarget(parsed(text, readYaml));
    if ('models' in read) return read;
    const [first] = read;
    const place = first === undefined || first.path.length === 0 ? '' : `${pathText(first.path)}: `;
    throw invalid(`${place}${first?.text}`);
  });
}

/** The same target as JSON. Rejects with FLAG_INVALID. */
export async function toJsonTarget(text: string): Promise<string> {
  const { readYaml } = await import('../../providers/yaml-source.ts');
  return JSON.stringify(parsed(text, readYaml));
}

function parsed(text: string, read: (file: string, text: string) => { readonly value: unknown }): unknown {
  try {
    return read('--target', text).value;
  } catch (error) {
    if (error instanceof AppError) throw invalid(String(error.details['problem']).replaceAll(/\s+/g, ' '));
    throw error;
  }
}

function invalid(problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag: '--target', problem, command: 'run' });
}
