import { setPriority } from 'node:os';

/** Enough that the scheduler prefers the measuring thread at once, not so much that storing falls behind. */
const BACKGROUND_NICENESS = 10;

/**
 * Lets the measuring thread go first where cores are few. On Linux a niceness belongs to a thread: this one, which draws and stores,
 * and those it starts from now on, step back; the measuring thread must be there already, and stays as it was. Elsewhere it would
 * slow down the whole process, so nothing is done.
 */
export function stepBack(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, BACKGROUND_NICENESS);
  } catch {
    // Not permitted, in some containers: then all threads stay equal.
  }
}

/**
 * Takes that back, so that a measuring thread that is started next is as quick as the first. False where the system does not
 * permit it: then this process must not step back as long as it has more to measure.
 */
export function stepForward(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    setPriority(0, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether `stepForward` will be permitted; elsewhere than on Linux nothing has to be taken back. */
export function canStepForward(): boolean {
  return process.platform !== 'linux' || process.getuid?.() === 0;
}
