import { AppError } from '../errors.ts';

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
