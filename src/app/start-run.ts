import { type Clock, createClock, takeOrigin, wallClockIso } from '../clock.ts';
import { type Measuring, type MeasuringBatch, startMeasuringThreads } from '../engine/run.ts';
import { AppError } from '../errors.ts';
import { METRICS_VERSION } from '../metrics/catalogue.ts';
import { judgeObjectives } from '../metrics/goodput.ts';
import { createTargetTally, type TargetTally } from '../metrics/summary.ts';
import { createWindowTally, type WindowTally } from '../metrics/windows.ts';
import { evidenceFrom, isSameClient } from '../model/calibration.ts';
import type { Plan } from '../model/plan.ts';
import type { WorkloadItems } from '../model/recipe.ts';
import type { RequestRecord } from '../model/record.ts';
import type { Run, RunGroup, TargetProgress } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { freshSeed } from '../random.ts';
import type { RunBatch, RunEnd, Store } from '../store/store.ts';
import { freshened } from '../workloads/open.ts';
import { Backlog } from './backlog.ts';
import { readCalibration } from './calibration-file.ts';
import { checkTargets } from './check-targets.ts';
import { chooseWorkers } from './choose-workers.ts';
import { withClientEvidence } from './client-evidence.ts';
import type { AppContext } from './context.ts';
import { checkTokenizer } from './count-tokens.ts';
import { describeEnvironment, transportOf } from './environment.ts';
import { createLiveTally, type LiveTally, type LiveView } from './live.ts';
import { createNarrator } from './narrate.ts';
import { rebuildWindows } from './rebuild-windows.ts';
import { type CredentialRenewal, keepCredentialsFresh } from './renew-credentials.ts';
import { loadResult, type RunResult } from './result.ts';
import { RunCounting } from './run-counting.ts';

export interface RunInput {
  /** Undefined: a fresh one. */
  readonly runId: string | undefined;
  readonly plan: Plan;
  readonly items: WorkloadItems;
  /** By target. */
  readonly credentials: readonly Credentials[];
  /** By target: how to get the next credentials where these end. */
  readonly renewals: readonly (CredentialRenewal | undefined)[];
  /** Where the run is kept. `memory:` keeps it only as long as this process lives. */
  readonly db: string;
  readonly withRecords: boolean;
  /** The sweep or search that this is a step of; undefined: none. */
  readonly group?: RunGroup | undefined;
  /** To find the run again. */
  readonly labels?: readonly string[] | undefined;
}

/** How a run ended: with its result, and with what went wrong on our own side. */
export interface RunOutcome {
  readonly result: RunResult;
  /** The result is what was measured up to then. */
  readonly trouble: AppError | undefined;
}

/** A run under way. */
export interface StartedRun {
  readonly id: string;
  /** Where it is kept, without password. */
  readonly location: string;
  /** Rejects only with errors that left nothing to show. */
  readonly outcome: Promise<RunOutcome>;
  view(): LiveView;
  /**
   * Sends nothing more; cancels what is in flight after `graceMs`, 0: now. The run's state becomes `interrupted`, or
   * what `as` says. While tokens are
   * being counted, only that is ended.
   */
  stop(graceMs: Milliseconds, as?: 'interrupted' | 'cancelled'): void;
}

/**
 * Opens the store, begins the run there and starts measuring. Rejects before anything is sent: with STORE_*, RUN_ID_TAKEN and
 * TOKENIZER_*, and with what `checkTargets` throws.
 */
export async function startRun(context: AppContext, input: RunInput): Promise<StartedRun> {
  await checkTargets(input.plan, input.items);
  const run: Run = {
    id: input.runId ?? freshRunId(),
    startedAtIso: wallClockIso(),
    version: context.version,
    metricsVersion: METRICS_VERSION,
    plan: input.plan,
    environment: await describeClient(context, input.plan),
    group: input.group,
    labels: input.labels ?? [],
    imported: undefined,
  };
  await checkTokenizer(input.plan, context.countingThreadUrl);
  const store = await context.openStore(input.db, 'write');
  try {
    await store.createRun(run);
  } catch (error) {
    await store.close();
    throw error;
  }
  return new LiveRun({ context, input, run, store });
}

/** With its calibration, if there is one of this very client. */
async function describeClient(
  { proxies, version, calibrationFile }: AppContext,
  plan: Plan,
): Promise<Run['environment']> {
  const environment = describeEnvironment(transportOf(plan, proxies()));
  const calibration = calibrationFile === undefined ? undefined : await readCalibration(calibrationFile);
  if (calibration === undefined || !isSameClient(calibration, { version, ...environment })) return environment;
  return { ...environment, calibration: evidenceFrom(calibration) };
}

function freshRunId(): string {
  return `run-${freshSeed().toString(16).padStart(8, '0')}`;
}

interface LiveRunParts {
  readonly context: AppContext;
  readonly input: RunInput;
  readonly run: Run;
  readonly store: Store;
}

/**
 * Beyond so many token events a run is concluded from what was gathered while it went on: to read them all again would take longer than
 * anybody waits. The figures are the same.
 */
const MAX_EVENTS_READ_AGAIN = 2_000_000;

/** What was measured so long ago lies in the steady window, as long as nobody has said that it is over. */
const SETTLED_AFTER_MS = 3_000;

/** Drain of a run whose own store failed: long enough for answers that are paid for anyway. */
const STORE_TROUBLE_GRACE_MS = 5_000;

class LiveRun implements StartedRun {
  readonly id: string;
  readonly location: string;
  readonly outcome: Promise<RunOutcome>;
  readonly #parts: LiveRunParts;
  readonly #clock: Clock;
  readonly #measuring: Measuring;
  readonly #stopRenewals: () => void;
  readonly #live: LiveTally;
  readonly #narrate: (batch: MeasuringBatch) => void;
  readonly #counting: RunCounting;
  readonly #windows: readonly WindowTally[];
  /** What was measured, should the store fail. */
  readonly #tallies: readonly TargetTally[];
  readonly #records: RequestRecord[] = [];
  #progress: readonly TargetProgress[] = [];
  readonly #backlog = new Backlog();
  #events = 0;
  #isCounted = false;
  #writing: Promise<void> = Promise.resolve();
  #storeTrouble: AppError | undefined;
  /** Undefined: nobody did. */
  #stoppedAs: 'interrupted' | 'cancelled' | undefined;

  constructor(parts: LiveRunParts) {
    const { context, input, run } = parts;
    this.id = run.id;
    this.location = parts.store.location;
    this.#parts = parts;
    this.#live = createLiveTally(run.plan);
    this.#narrate = createNarrator(run.plan, context.log);
    this.#counting = new RunCounting({ plan: run.plan, threadUrl: context.countingThreadUrl, log: context.log });
    this.#windows = run.plan.targets.map(() => createWindowTally());
    this.#tallies = run.plan.targets.map((_, index) => createTargetTally(run.plan, index));
    const origin = takeOrigin();
    this.#clock = createClock(origin);
    this.#measuring = startMeasuringThreads(
      {
        order: {
          plan: run.plan,
          items: freshened(input.items, run.plan.cache),
          credentials: input.credentials,
          origin,
          proxies: context.proxies(),
          userAgent: `llm-bench/${context.version}`,
        },
        workers: chooseWorkers(run.plan, run.environment.cpuCount),
        threadUrl: context.threadUrl,
        clock: this.#clock,
      },
      (batch) => this.#take(batch),
    );
    this.#stopRenewals = keepCredentialsFresh({
      renewals: input.renewals,
      clock: this.#clock,
      log: context.log,
      onRenewed: (targetIndex, credentials) => this.#measuring.renew(targetIndex, credentials),
    });
    this.outcome = this.#finish();
  }

  view(): LiveView {
    return { ...this.#live.view(this.#clock.nowMs()), counting: this.#counting.view() };
  }

  stop(graceMs: Milliseconds, as: 'interrupted' | 'cancelled' = 'interrupted'): void {
    if (this.#counting.view() !== undefined) this.#counting.stop();
    else {
      this.#stoppedAs = as;
      this.#measuring.stop(graceMs);
    }
  }

  #take(received: MeasuringBatch): void {
    const batch = { ...received, records: received.records.map((record) => this.#counting.take(record)) };
    this.#live.add(batch);
    this.#narrate(batch);
    this.#progress = batch.progress;
    const { plan } = this.#parts.run;
    for (const record of batch.records) {
      const { isGood } = judgeObjectives(record, plan.objectives, plan.load);
      this.#windows[record.targetIndex]?.add(record, isGood);
      this.#tallies[record.targetIndex]?.add(record);
      if (this.#parts.input.withRecords) this.#records.push(record);
    }
    this.#settle(batch);
    if (this.#storeTrouble !== undefined) return;
    if (!this.#backlog.add(batch)) {
      this.#giveUpStore('it is so slow, or away for so long, that too much waits for it');
      return;
    }
    this.#writing = this.#writing.then(() => this.#write());
  }

  #settle({ records, progress }: MeasuringBatch): void {
    let newestMs = 0;
    for (const record of records) {
      this.#events += record.events.length;
      newestMs = Math.max(newestMs, record.instants.endedAtMs);
    }
    for (const { targetIndex, measureStartAtMs: startMs, measureEndAtMs } of progress) {
      if (startMs === undefined) continue;
      const endMs = Math.min(newestMs - SETTLED_AFTER_MS, measureEndAtMs ?? newestMs);
      this.#tallies[targetIndex]?.settle({ startMs, endMs });
    }
  }

  /** One write at a time; what came meanwhile goes with the next. */
  async #write(): Promise<void> {
    const batches = this.#backlog.takeAll();
    if (batches.length === 0 || this.#storeTrouble !== undefined) return;
    const batch: RunBatch = {
      records: batches.flatMap((one) => one.records),
      windows: this.#windows.flatMap((tally, targetIndex) =>
        tally.takeChanged().map((window) => ({ targetIndex, window })),
      ),
      progress: batches.at(-1)?.progress ?? [],
    };
    if (batch.records.length === 0 && batch.windows.length === 0 && batch.progress.length === 0) return;
    await this.#guard(() => this.#parts.store.append(this.id, batch));
  }

  /** Undefined when the store failed, now or before. */
  async #guard<T>(use: () => Promise<T>): Promise<T | undefined> {
    if (this.#storeTrouble !== undefined) return undefined;
    try {
      return await use();
    } catch (error) {
      this.#giveUpStore(error);
      return undefined;
    }
  }

  /** Nothing more is written, and what is in flight is awaited for a while. */
  #giveUpStore(error: unknown): void {
    const { location } = this.#parts.store;
    this.#storeTrouble ??=
      error instanceof AppError
        ? error
        : new AppError('STORE_WRITE_FAILED', { db: location, reason: String(error) }, { cause: error });
    this.#measuring.stop(STORE_TROUBLE_GRACE_MS);
  }

  async #finish(): Promise<RunOutcome> {
    let trouble: AppError | undefined;
    let isCutShort = false;
    try {
      isCutShort = (await this.#measuring.done).isCutShort;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      trouble = new AppError('MEASURING_FAILED', { reason }, { cause: error });
    }
    this.#stopRenewals();
    await this.#writing;
    const durationMs = this.#clock.nowMs();
    await this.#closeWindows();
    trouble ??= this.#storeTrouble;
    const state = trouble !== undefined ? 'failed' : (this.#stoppedAs ?? (isCutShort ? 'over-budget' : 'completed'));
    await this.#guard(() => this.#parts.store.finishRun(this.id, { state, durationMs }));
    trouble ??= await this.#count();
    const result = await this.#conclude({ state: this.#storeTrouble === undefined ? state : 'failed', durationMs });
    await this.#parts.store.close().catch((error: unknown) => this.#parts.context.log.debug(String(error)));
    return { result, trouble: trouble ?? this.#storeTrouble };
  }

  /** Counts tokens, now that the run is safely stored. Returns what kept it from its end. */
  async #count(): Promise<AppError | undefined> {
    if (this.#storeTrouble !== undefined) return undefined;
    const { store, run } = this.#parts;
    const { counts, trouble } = await this.#counting.run();
    if (counts.length > 0) {
      this.#isCounted = true;
      await this.#guard(() => store.setCounts(this.id, counts));
      const windows = await this.#guard(() => rebuildWindows(store, run, this.#progress));
      if (windows !== undefined) {
        await this.#guard(() => store.append(this.id, { records: [], windows, progress: [] }));
      }
    }
    return trouble;
  }

  /** The seconds up to each steady window's end, in which nothing may have happened. */
  async #closeWindows(): Promise<void> {
    const windows = this.#progress.flatMap(({ targetIndex, measureEndAtMs }) => {
      const tally = this.#windows[targetIndex];
      tally?.all(measureEndAtMs ?? 0);
      return (tally?.takeChanged() ?? []).map((window) => ({ targetIndex, window }));
    });
    if (windows.length === 0) return;
    await this.#guard(() => this.#parts.store.append(this.id, { records: [], windows, progress: [] }));
  }

  /** From the store, so that what is shown now and what is shown later are the same; from memory when the store failed. */
  async #conclude(end: RunEnd): Promise<RunResult> {
    const { store, input, run } = this.#parts;
    const isRead = this.#events <= MAX_EVENTS_READ_AGAIN || this.#isCounted || this.#storeTrouble !== undefined;
    const stored = isRead
      ? await this.#guard(() => loadResult(store, this.id, { withRecords: input.withRecords }))
      : undefined;
    if (stored !== undefined) return stored;
    return {
      run,
      state: end.state,
      durationMs: end.durationMs,
      targets: this.#tallies.map((tally, index) =>
        withClientEvidence(tally.summarize(this.#progress.find((one) => one.targetIndex === index)), run),
      ),
      records: input.withRecords ? this.#records.toSorted((a, b) => a.id - b.id) : undefined,
    };
  }
}
