import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrate, type Witness } from '../../app/calibrate.ts';
import { writeCalibration } from '../../app/calibration-file.ts';
import type { StartedRun } from '../../app/start-run.ts';
import type { WitnessedAnswer } from '../../metrics/accuracy.ts';
import { limitsOf } from '../../model/calibration.ts';
import { renderCalibration } from '../../report/calibration.ts';
import { createStyle } from '../../report/style.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { columnsOf, say, writeResult } from '../output/streams.ts';
import { canStepForward, stepBack, stepForward } from '../priority.ts';
import { startSimulatedEndpoint } from '../simulated-endpoint.ts';

export interface CalibrateFlags {
  readonly quick?: boolean;
  readonly json?: boolean;
  /** False with `--no-save`. */
  readonly save: boolean;
  /** False with `--no-progress`. */
  readonly progress: boolean;
}

/** `llm-bench calibrate`: what this client can be trusted with on this machine. */
export const calibrateCommand: Command<CalibrateFlags> = async (flags, context) => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-bench-calibrate-'));
  let current: StartedRun | undefined;
  let isStopped = false;
  const stopListening = listenForInterrupts((count) => {
    isStopped = true;
    current?.stop(0);
    if (count > 1) process.exit(EXIT.interrupted);
  });
  try {
    const calibration = await calibrate(context.createApp(context.settings.logLevel), {
      isQuick: flags.quick === true,
      clock: context.clock,
      startWitness: () => startWitness(context.entry, join(folder, 'truth.jsonl')),
      onPhase: ({ kind, name }, index, count) => {
        if (canStepForward()) stepForward();
        if (flags.progress) say(`${index + 1} of ${count}: ${kind}, ${name}`);
      },
      onStart: (started) => {
        current = started;
        if (isStopped) started.stop(0);
        if (canStepForward()) stepBack();
      },
      isStopped: () => isStopped,
    });
    if (calibration === undefined) {
      say('interrupted: nothing was kept');
      return EXIT.interrupted;
    }
    const file = context.settings.calibrationFile;
    if (flags.save) await writeCalibration(file, calibration);
    const limits = limitsOf(calibration);
    const document = {
      schema: 'llm-bench/calibration/1',
      ...calibration,
      limits: {
        streams: limits.streams ?? null,
        ratePerSecond: limits.ratePerSecond ?? null,
        chunksPerSecond: limits.chunksPerSecond ?? null,
      },
    };
    const style = createStyle(process.stdout);
    await writeResult(
      flags.json === true
        ? JSON.stringify(document, (_, value: unknown) => (value === undefined ? null : value), 2)
        : renderCalibration({
            calibration,
            file: flags.save ? file : undefined,
            style,
            columns: columnsOf(process.stdout),
          }),
    );
    return EXIT.ok;
  } finally {
    stopListening();
    await rm(folder, { recursive: true, force: true });
  }
};

async function startWitness(entry: string, truthFile: string): Promise<Witness> {
  const { url, stop } = await startSimulatedEndpoint(entry, ['--truth', truthFile]);
  return {
    url,
    testify: async () => {
      await stop();
      const lines = (await readFile(truthFile, 'utf8')).split('\n').filter((line) => line !== '');
      const truths = lines.map((line) => JSON.parse(line) as WitnessedAnswer);
      return new Map(truths.map((truth) => [truth.n, truth]));
    },
  };
}
