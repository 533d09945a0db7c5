import type { RunOutcome } from '../app/start-run.ts';
import { AppError } from '../errors.ts';

export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  nothingMeasured: 3,
  budget: 4,
  key: 5,
  /** A regression, or a value that --fail-if names. */
  failedCheck: 99,
  interrupted: 130,
} as const;

/** The exit code of a run that has a result; an interrupt outweighs all else. */
export function exitCodeOfRun({ result, trouble }: RunOutcome): number {
  if (result.state === 'interrupted') return EXIT.interrupted;
  if (trouble !== undefined) return trouble.exit;
  if (result.state === 'over-budget') return EXIT.budget;
  const completed = result.targets.reduce((sum, target) => sum + target.requests.completed, 0);
  if (completed > 0) return EXIT.ok;
  const kinds = new Set(result.targets.flatMap((target) => Object.keys(target.failures)));
  return kinds.size === 1 && kinds.has('auth') ? EXIT.key : EXIT.nothingMeasured;
}

/** The exit code of a command that could not do its work. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof AppError ? error.exit : EXIT.unexpected;
}
