import { readFile } from 'node:fs/promises';
import type { RestTemplate } from '../model/rest-template.ts';
import { toTemplate } from './entry.ts';
import { checkTemplate, type TemplateFields } from './entry-schema.ts';
import { malformedFile, unreadableFile } from './problems.ts';

const MEND_TEMPLATE = 'mend it, or name another file by --template';

/**
 * Reads a template from YAML or JSON, as `template` of providers.toml has it. Rejects with FILE_UNREADABLE, or with FILE_MALFORMED for
 * all that is wrong, paths and placeholders included.
 */
export async function readRestTemplate(file: string): Promise<RestTemplate> {
  return toTemplate(await readRestTemplateFields(file));
}

/** The same, as `providers.toml` would say it. */
export async function readRestTemplateFields(file: string): Promise<TemplateFields> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw unreadableFile(file, error);
  }
  const { readYaml } = await import('./yaml-source.ts');
  const { value, lineOf } = readYaml(file, text, MEND_TEMPLATE);
  const checked = checkTemplate(value);
  if (!('paths' in checked)) throw malformedFile(file, checked, { lineOf, mend: MEND_TEMPLATE });
  return checked;
}
