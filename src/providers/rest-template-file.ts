import { readFile } from 'node:fs/promises';
import { AppError } from '../errors.ts';
import type { RestTemplate } from '../model/rest-template.ts';
import { toTemplate } from './entry.ts';
import { checkTemplate } from './entry-schema.ts';
import { malformedFile } from './problems.ts';
import { readYaml } from './yaml-source.ts';

/**
 * Reads a template from YAML or JSON, as `template` of providers.toml has it. Whether its paths and placeholders can be used is for
 * the dialect to say. Rejects with FILE_UNREADABLE or FILE_MALFORMED.
 */
export async function readRestTemplate(file: string): Promise<RestTemplate> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('FILE_UNREADABLE', { file, reason: (error as Error).message }, { cause: error });
  }
  const { value, lineOf } = readYaml(file, text);
  const checked = checkTemplate(value);
  if (!('paths' in checked)) throw malformedFile(file, checked, lineOf);
  return toTemplate(checked);
}
