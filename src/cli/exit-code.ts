import type { RunOutcome } from '../app/start-run.ts';
import { AppError } from '../errors.ts';
import type { ThresholdVerdict } from '../metrics/judge-thresholds.ts';

export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  nothingMeasured: 3,
  budget: 4,
  key: 5,
  /** A search whose lowest level already misses an objective. */
  notKept: 6,
  /** A regression, or a value that --fail-if names. */
  failedCheck: 99,
  interrupted: 130,
} as const;

/**
 * The exit code of a run that has a result. An interrupt, our own trouble and a run that measured nothing outweigh a failed
 * `--fail-if`, for they say why; that outweighs a spent budget.
 */
export function exitCodeOfRun({ result, trouble }: RunOutcome, verdict?: ThresholdVerdict): number {
  if (result.state === 'interrupted') return EXIT.interrupted;
  if (trouble !== undefined) return trouble.exit;
  const completed = result.targets.reduce((sum, target) => sum + target.requests.completed, 0);
  if (completed > 0 && verdict?.isPassed === false) return EXIT.failedCheck;
  if (result.state === 'over-budget') return EXIT.budget;
  if (completed > 0) return EXIT.ok;
  const kinds = new Set(result.targets.flatMap((target) => Object.keys(target.failures)));
  return kinds.size === 1 && kinds.has('auth') ? EXIT.key : EXIT.nothingMeasured;
}

/** The exit code of a command that could not do its work. */
export function exitCodeOfError(error: unknown): number {
  return error instanceof AppError ? error.exit : EXIT.unexpected;
}
