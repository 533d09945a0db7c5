import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_BUSY, sqliteCodeOf, toSqlFailure } from './failure.ts';

/**
 * Tells other processes which runs this one is at: by a lock on an empty file beside the database, one for each run. The system
 * takes a lock from a process that dies in whatever way, which no process number, and no time of a last sign of life, is as sure of.
 */
export class Claims {
  readonly #path: string;
  readonly #held = new Map<string, DatabaseSync>();

  constructor(path: string) {
    this.#path = path;
  }

  /** False when another process has it. Throws `SqlFailure`. */
  claim(runId: string): boolean {
    try {
      const lock = new DatabaseSync(this.#fileOf(runId), { timeout: 0 });
      // Nothing is ever written, so that no second file is needed for what was there before.
      if (isRefused(() => lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'))) {
        lock.close();
        return false;
      }
      this.#held.set(runId, lock);
      return true;
    } catch (error) {
      throw toSqlFailure(error);
    }
  }

  release(runId: string): void {
    this.#held.get(runId)?.close();
    if (this.#held.delete(runId)) rmSync(this.#fileOf(runId), { force: true });
  }

  releaseAll(): void {
    for (const runId of [...this.#held.keys()]) this.release(runId);
  }

  /** Whether a living process, this one included, has it. */
  isClaimed(runId: string): boolean {
    if (this.#held.has(runId)) return true;
    const file = this.#fileOf(runId);
    if (!existsSync(file)) return false;
    // It may be gone by now; then it is not claimed either.
    try {
      const lock = new DatabaseSync(file, { readOnly: true, timeout: 0 });
      const isLocked = isRefused(() => lock.exec('SELECT count(*) FROM sqlite_schema'));
      lock.close();
      return isLocked;
    } catch (error) {
      if (!existsSync(file)) return false;
      throw toSqlFailure(error);
    }
  }

  /** Removes the files that dead processes left of these runs, which must be in the database: only then were they ever locked. */
  sweep(runIds: readonly string[]): void {
    for (const runId of runIds) {
      if (!this.isClaimed(runId)) rmSync(this.#fileOf(runId), { force: true });
    }
  }

  /** An id may hold what a file name must not. */
  #fileOf(runId: string): string {
    return `${this.#path}-run-${createHash('sha256').update(runId).digest('hex').slice(0, 16)}`;
  }
}

function isRefused(use: () => void): boolean {
  try {
    use();
    return false;
  } catch (error) {
    if (sqliteCodeOf(error) === SQLITE_BUSY) return true;
    throw error;
  }
}
