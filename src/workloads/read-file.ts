import { open, stat } from 'node:fs/promises';
import { AppError } from '../errors.ts';

/** Rejects with FILE_UNREADABLE for what is no file that can be read. */
export async function requireFile(file: string): Promise<void> {
  try {
    await (await open(file)).close();
    if ((await stat(file)).isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Why a file cannot be read, in words. */
export function unreadable(file: string, error: unknown): AppError {
  const { code } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''] ?? code ?? String(error);
  return new AppError('FILE_UNREADABLE', { file, reason }, { cause: error });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
};
