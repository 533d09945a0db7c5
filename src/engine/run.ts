import { Worker } from 'node:worker_threads';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { unpackRecords } from './batch.ts';
import type { LiveCounts, MeasuringCommand, MeasuringOrder, MeasuringReport } from './messages.ts';

/** What has happened since the last report. */
export interface MeasuringBatch {
  readonly records: readonly RequestRecord[];
  readonly progress: readonly TargetProgress[];
  readonly live: readonly LiveCounts[];
}

/** How a measurement ended that did not break. */
export interface MeasuringEnd {
  /** The budget ended it before its plan. */
  readonly isCutShort: boolean;
}

/** A measurement under way in a thread of its own. */
export interface Measuring {
  /** Resolves after the last batch; rejects when the thread died (its batches up to then have come). */
  readonly done: Promise<MeasuringEnd>;
  /** Sends nothing more; cancels what is in flight after `graceMs`, 0: now. */
  stop(graceMs: Milliseconds): void;
  /** Sends what is still to be sent to one target with other credentials. */
  renew(targetIndex: number, credentials: Credentials): void;
}

/**
 * Measures in a worker thread, so that drawing and storing cannot delay a stamp. `threadUrl` is the file of the thread's
 * composition root. `onBatch` is called every quarter of a second.
 */
export function startMeasuringThread(
  order: MeasuringOrder,
  threadUrl: URL,
  onBatch: (batch: MeasuringBatch) => void,
): Measuring {
  const worker = new Worker(threadUrl, { workerData: order, name: 'measuring' });
  const done = new Promise<MeasuringEnd>((resolve, reject) => {
    let end: MeasuringEnd | undefined;
    let failure: unknown;
    worker.on('message', (report: MeasuringReport) => {
      if (report.type === 'end') end = report;
      else onBatch({ records: unpackRecords(report.records), progress: report.progress, live: report.live });
    });
    worker.on('error', (error) => {
      failure = error;
    });
    // The error has a channel of its own and may overtake the batches; at the exit all of them have come.
    worker.on('exit', (code) => {
      if (failure !== undefined) reject(failure);
      else if (end !== undefined) resolve(end);
      else reject(new Error(`it exited with code ${code} before its end`));
    });
  });
  const command = (message: MeasuringCommand): void => worker.postMessage(message);
  return {
    done,
    stop: (graceMs) => command({ type: 'stop', graceMs }),
    renew: (targetIndex, credentials) => command({ type: 'credentials', targetIndex, credentials }),
  };
}
