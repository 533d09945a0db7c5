import { constants } from 'node:fs';
import { access, type FileHandle, open, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Clock, createClock, sleep, takeOrigin } from '../clock.ts';
import { AppError } from '../errors.ts';

/** How long another one's change is waited for. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 20;

/**
 * Changes a file as a whole: it has its old text or its new one, never a part, and keeps its mode and owner. What a symbolic link
 * points to is changed, not the link. While one changes it others wait, and what an editor wrote meanwhile is never overwritten.
 * `change` gets the bytes (undefined: there is no such file) and returns the new text; undefined: leave it. Throws FILE_NOT_CHANGED
 * and whatever `change` throws.
 */
export async function replaceFile(
  file: string,
  change: (bytes: Uint8Array | undefined) => string | undefined,
  clock: Clock = createClock(takeOrigin()),
): Promise<void> {
  const target = await targetOf(file);
  const temporary = `${target}.lock`;
  const handle = await lock(temporary, { file, clock });
  let isLeft = true;
  try {
    const before = await readIfThere(target);
    const text = change(before);
    if (text === undefined) return;
    if (before !== undefined) await takeOver(target, handle);
    await handle.writeFile(text);
    await handle.sync();
    if (!isEqual(before, await readIfThere(target))) {
      throw notChanged(file, { reason: 'another program changed it meanwhile', hint: 'try again' });
    }
    await rename(temporary, target);
    isLeft = false;
  } catch (error) {
    throw isSystemError(error) ? failedWith(file, error) : error;
  } finally {
    await handle.close();
    // Once it has its new name, a file of the old one is another's.
    if (isLeft) await rm(temporary, { force: true });
  }
}

/** Whether a file could be replaced, as far as can be seen. Throws FILE_NOT_CHANGED. */
export async function checkReplaceable(file: string): Promise<void> {
  try {
    await access(dirname(await targetOf(file)), constants.W_OK);
  } catch (error) {
    throw failedWith(file, error);
  }
}

/** UTF-8 with its byte order mark, if there is one. Throws TypeError for bytes that are none. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Where a link leads, also when nothing is there yet. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    try {
      return resolve(dirname(file), await readlink(file));
    } catch {
      return resolve(file); // Neither a file nor a link: it will be made.
    }
  }
}

async function lock(
  temporary: string,
  { file, clock }: { readonly file: string; readonly clock: Clock },
): Promise<FileHandle> {
  const untilMs = clock.nowMs() + PATIENCE_MS;
  for (;;) {
    try {
      return await open(temporary, 'wx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw failedWith(file, error);
      if (clock.nowMs() >= untilMs) {
        throw notChanged(file, {
          reason: 'another process is changing it',
          hint: `if there is none, remove ${temporary}`,
        });
      }
      await sleep(clock, PAUSE_MS);
    }
  }
}

/** Mode and, as far as we may, owner of the file that is to be replaced. */
async function takeOver(target: string, handle: FileHandle): Promise<void> {
  // Renaming needs no right to write to the file itself; its owner may have taken that away on purpose.
  await access(target, constants.W_OK);
  const { mode, uid, gid } = await stat(target);
  await handle.chown(uid, gid).catch(() => undefined);
  await handle.chmod(mode);
}

/** Rejects with the system's error for all but a file that is not there. */
export async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isEqual(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return Buffer.compare(one, other) === 0;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function failedWith(file: string, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  const hint = 'check the path and its permissions, or name another file';
  return notChanged(file, { reason: REASONS[code ?? ''] ?? message, hint }, { cause: error });
}

function notChanged(
  file: string,
  { reason, hint }: { readonly reason: string; readonly hint: string },
  options?: ErrorOptions,
): AppError {
  return new AppError('FILE_NOT_CHANGED', { file, reason, hint }, options);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is not there',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ELOOP: 'its links lead in a circle',
};
