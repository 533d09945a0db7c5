import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../errors.ts';

/** A place for text that comes piece by piece. */
export interface Output {
  write(text: string): Promise<void>;
  /** All has been written: it takes its place. */
  commit(): Promise<void>;
  /** What was written is given up. May be called after any failure. */
  discard(): Promise<void>;
}

/**
 * Writes beside the file and puts it in place at the end, so that nobody finds half of one. What is no file (a pipe, `/dev/stdout`) is
 * written to at once. Rejects with FILE_NOT_WRITTEN.
 */
export async function openOutput(file: string): Promise<Output> {
  const { path, isReplaced } = await placeFor(file);
  const handle = await guard(file, () => open(path, 'w'));
  return {
    write: (text) => guard(file, () => handle.writeFile(text)),
    async commit() {
      await guard(file, () => handle.close());
      if (isReplaced !== undefined) await guard(file, () => rename(path, isReplaced));
    },
    async discard() {
      await closeQuietly(handle);
      if (isReplaced !== undefined) await rm(path, { force: true });
    },
  };
}

/** The same for a program that writes a file by itself: where it writes, and what puts that in place. */
export async function placeFor(
  file: string,
): Promise<{ readonly path: string; readonly isReplaced: string | undefined }> {
  const entry = await stat(file).catch(() => undefined);
  if (entry?.isDirectory() === true) throw notWritten(file, 'it is a folder');
  if (entry !== undefined && !entry.isFile()) return { path: file, isReplaced: undefined };
  // What a link leads to is replaced, not the link.
  const target = entry === undefined ? file : await realpath(file);
  return { path: `${target}.part-${process.pid}`, isReplaced: target };
}

/** Whether a file could be written there, before anything is done for it. Rejects with FILE_NOT_WRITTEN. */
export async function checkWritable(file: string): Promise<void> {
  await placeFor(file);
  const folder = await stat(dirname(file)).catch(() => undefined);
  if (folder?.isDirectory() !== true) throw notWritten(file, 'its folder does not exist');
}

/** What the file system said, as an error with a code. */
export async function guard<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || error instanceof AppError) throw error;
    throw notWritten(file, REASONS[code] ?? (error as Error).message, error);
  }
}

function notWritten(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('FILE_NOT_WRITTEN', { file, reason }, { cause });
}

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EPIPE: 'its reader has gone',
};

async function closeQuietly(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => undefined);
}
