import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../errors.ts';
import type { Calibration } from '../model/calibration.ts';

const SCHEMA = 'llm-bench/calibration/1';

/** Undefined when there is none, or none that this version understands: then nothing is known of this client. */
export async function readCalibration(file: string): Promise<Calibration | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isCalibration(value) ? value : undefined;
  } catch {
    return undefined; // It only ever adds to what is known; `llm-bench calibrate` writes a new one.
  }
}

function isCalibration(value: unknown): value is Calibration {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    value.schema === SCHEMA &&
    ['accuracy', 'pacing', 'streams'].every((key) => Array.isArray((value as Record<string, unknown>)[key]))
  );
}

/** Replaces the file in one go. Rejects with FILE_NOT_CHANGED. */
export async function writeCalibration(file: string, calibration: Calibration): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const fresh = `${file}.${process.pid}.new`;
    await writeFile(fresh, `${JSON.stringify({ schema: SCHEMA, ...calibration }, undefined, 2)}\n`);
    await rename(fresh, file);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new AppError(
      'FILE_NOT_CHANGED',
      { file, reason, hint: 'set XDG_STATE_HOME to a folder that can be written' },
      { cause: error },
    );
  }
}
