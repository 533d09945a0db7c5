import assert from 'node:assert/strict';
import { AppError } from '../../src/errors.ts';

/** The coded error that a promise is meant to end with. */
export async function refusalOf(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError, `no coded error, but ${String(error)}`);
  return error;
}
