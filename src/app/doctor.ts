import type { Clock } from '../clock.ts';
import type { Surroundings } from './address/target-options.ts';
import { readCalibration } from './calibration-file.ts';
import type { AppContext } from './context.ts';
import type { Check } from './doctor/check.ts';
import { checkEndpoints } from './doctor/endpoints.ts';
import {
  checkClock,
  checkCpu,
  checkEventLoop,
  checkFiles,
  checkGovernor,
  checkNode,
  readSystemFile,
} from './doctor/machine.ts';
import { calibrationCheck, checkDatabase, checkPrices } from './doctor/storage.ts';
import { describeEnvironment } from './environment.ts';

export interface DoctorInput {
  readonly surroundings: Surroundings;
  readonly config: string | undefined;
  readonly db: string;
  readonly calibrationFile: string;
  /** Connections that must be possible at once. */
  readonly concurrency: number;
  /** Connects to the configured providers. */
  readonly isOnline: boolean;
  readonly clock: Clock;
}

/** Looks at all that a measurement rests on. Sends no request and changes nothing. */
export async function examine(context: AppContext, input: DoctorInput): Promise<readonly Check[]> {
  const { surroundings, config, db, concurrency, isOnline, clock } = input;
  return [
    checkNode(process.version),
    ...(await checkCpu(readSystemFile)),
    await checkGovernor(readSystemFile),
    ...(await checkClock(clock, readSystemFile)),
    // Alone, for what else is done here would be its noise.
    await checkEventLoop(clock),
    await checkFiles(readSystemFile, concurrency),
    await checkDatabase(context, db),
    await checkPrices(clock.epochMs()),
    calibrationCheck(
      await readCalibration(input.calibrationFile),
      { version: context.version, ...describeEnvironment() },
      clock.epochMs(),
    ),
    ...(await checkEndpoints({ surroundings, config, isOnline })),
  ];
}
