import { type CopyProgress, copyRuns } from '../../app/copy-runs.ts';
import type { Clock } from '../../clock.ts';
import { formatNumber } from '../../report/format.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { say } from '../output/streams.ts';

export interface CopyFlags {
  readonly from: string;
  readonly to: string;
  readonly runId?: string;
  readonly skipExisting?: boolean;
}

/** `report copy`: runs from one database to another. */
export const reportCopy: Command<CopyFlags> = async (flags, context) => {
  let isStopped = false;
  const stopListening = listenForInterrupts(() => {
    isStopped = true;
  });
  try {
    const { copied, skipped, running, isCutShort, location } = await copyRuns(
      context.createApp(context.settings.logLevel),
      {
        from: flags.from,
        to: flags.to,
        runId: flags.runId,
        skipExisting: flags.skipExisting === true,
        isStopped: () => isStopped,
        onProgress: createCopyProgress(context.clock),
      },
    );
    const left = [
      skipped.length > 0 ? `${skipped.length} there already` : '',
      running.length > 0 ? `${running.length} left out while running: ${running.join(', ')}` : '',
      isCutShort ? 'interrupted: the others are not there; --skip-existing goes on with them' : '',
    ].filter((part) => part !== '');
    say([`copied ${copied.length} ${copied.length === 1 ? 'run' : 'runs'} to ${location}`, ...left].join('; '));
    return isCutShort ? EXIT.interrupted : EXIT.ok;
  } finally {
    stopListening();
  }
};

const PROGRESS_EVERY_MS = 2_000;

/** A line now and then, for copies that take long. */
function createCopyProgress(clock: Clock): (progress: CopyProgress) => void {
  let saidAtMs = clock.nowMs();
  return ({ runId, place, runs, requests }) => {
    if (clock.nowMs() - saidAtMs < PROGRESS_EVERY_MS) return;
    saidAtMs = clock.nowMs();
    say(`copying ${runId} (${place} of ${runs}): ${formatNumber(requests)} requests`);
  };
}
