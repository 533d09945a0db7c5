import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '../errors.ts';
import { isThere } from './is-there.ts';
import { unreadableFile } from './problems.ts';
import { type ProvidersFile, parseRegistry } from './registry-file.ts';
import { decodeText } from './replace-file.ts';
import type { StudioConfig } from './studio-config.ts';

/** Where providers may be configured. */
export interface ProvidersPlace {
  /** Named by a flag or a variable: that file and no other. */
  readonly named: string | undefined;
  /** The user's own, for all folders. */
  readonly userConfig: string;
}

/** In the working folder. */
export const LOCAL_FILE = 'providers.toml';

/** The file that counts; undefined when none was named and none is there. */
export async function findProvidersFile({ named, userConfig }: ProvidersPlace): Promise<string | undefined> {
  if (named !== undefined) return named;
  if (await isThere(LOCAL_FILE)) return LOCAL_FILE;
  return (await isThere(userConfig)) ? userConfig : undefined;
}

/** Reads `providers.toml` or, by its name's ending, a Studio's `config.yaml`. Throws FILE_UNREADABLE or FILE_MALFORMED. */
export async function readProviders(file: string): Promise<ProvidersFile | StudioConfig> {
  const bytes = await readBytes(file);
  return isYaml(file) ? parseStudioConfig(file, bytes) : parseRegistry(file, bytes);
}

/** Reads a Studio's `config.yaml`, whatever its name. */
export async function readStudioFile(file: string): Promise<StudioConfig> {
  return parseStudioConfig(file, await readBytes(file));
}

export function isYaml(file: string): boolean {
  return ['.yaml', '.yml'].includes(extname(file).toLowerCase());
}

/** The YAML parser is only loaded for YAML. */
async function parseStudioConfig(file: string, bytes: Uint8Array): Promise<StudioConfig> {
  const { readStudioConfig } = await import('./studio-config.ts');
  let text: string;
  try {
    text = decodeText(bytes);
  } catch {
    throw new AppError('FILE_MALFORMED', { file, line: 1, problem: 'this is not UTF-8', hint: 'save it as UTF-8' });
  }
  return readStudioConfig(file, text.replace(/^\uFEFF/, ''));
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadableFile(file, error);
  }
}
