import { examine } from '../../app/doctor.ts';
import { renderChecks } from '../../report/doctor.ts';
import { createStyle } from '../../report/style.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { optional } from '../flags/target-flags.ts';
import { readCount } from '../flags/values.ts';
import { columnsOf, writeResult } from '../output/streams.ts';

export interface DoctorFlags {
  readonly config?: string;
  readonly db?: string;
  readonly concurrency?: string;
  /** False with `--no-network`. */
  readonly network: boolean;
  readonly json?: boolean;
}

const DEFAULT_CONCURRENCY = 256;

/** `llm-bench doctor`: is this machine fit to measure, and can it reach what is configured? */
export const doctor: Command<DoctorFlags> = async (flags, context) => {
  const { settings, clock } = context;
  const checks = await examine(context.createApp(settings.logLevel), {
    surroundings: surroundingsOf(context, { isRehearsal: true }),
    config: flags.config,
    db: flags.db ?? settings.db,
    calibrationFile: settings.calibrationFile,
    concurrency: optional(flags.concurrency, '--concurrency', readCount) ?? DEFAULT_CONCURRENCY,
    isOnline: flags.network,
    clock,
  });
  const document = {
    schema: 'llm-bench/doctor/1',
    checks: checks.map((check) => ({ ...check, todo: check.todo ?? null })),
  };
  await writeResult(
    flags.json === true
      ? JSON.stringify(document, undefined, 2)
      : renderChecks(checks, { style: createStyle(process.stdout), columns: columnsOf(process.stdout) }),
  );
  return checks.some(({ level }) => level === 'fail') ? EXIT.failedCheck : EXIT.ok;
};
