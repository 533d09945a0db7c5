import { Worker } from 'node:worker_threads';
import { type Clock, sleep } from '../clock.ts';
import type { RequestRecord } from '../model/record.ts';
import type { TargetProgress } from '../model/run.ts';
import type { Credentials } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { unpackRecords } from './batch.ts';
import { Coordinator } from './coordinator.ts';
import { findOverdue } from './drain-limit.ts';
import { createShardMerge } from './merge-shards.ts';
import type { LiveCounts, MeasuringCommand, MeasuringOrder, MeasuringReport } from './messages.ts';
import { isStarved, SILENCE_LIMIT_MS, Watchdog } from './watchdog.ts';

/** What has happened since the last report of one thread; progress and counts are of all threads. */
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

/** A measurement under way in threads of its own. */
export interface Measuring {
  /** Resolves after the last batch; rejects when a thread died or fell silent (what was measured up to then has come). */
  readonly done: Promise<MeasuringEnd>;
  /** Sends nothing more; cancels what is in flight after `graceMs`, 0: now. */
  stop(graceMs: Milliseconds): void;
  /** Sends what is still to be sent to one target with other credentials. */
  renew(targetIndex: number, credentials: Credentials): void;
}

export interface MeasuringInput {
  readonly order: Omit<MeasuringOrder, 'shard'>;
  /** How many threads, at least 1. */
  readonly workers: number;
  /** The file of the thread's composition root. */
  readonly threadUrl: URL;
  readonly clock: Clock;
  /** A thread that says nothing for so long, and is not merely kept from a core, is given up; undefined: 15 s. */
  readonly silenceLimitMs?: Milliseconds;
}

/** A thread that gets next to no core is waited for so many times the limit: it cannot be told for sure from one that hangs. */
const MOST_PATIENCE = 4;

/** A thread that has fallen silent is looked at for so long. */
const EXAMINED_FOR_MS: Milliseconds = 1_000;

/** So long threads may take to end after they were told to, beyond the grace that was given to their requests. */
const END_WITHIN_MS: Milliseconds = 10_000;

/**
 * Measures in worker threads, so that drawing and storing cannot delay a stamp. `onBatch` is called four times a second for each thread.
 * A thread that dies ends the others too.
 */
export function startMeasuringThreads(input: MeasuringInput, onBatch: (batch: MeasuringBatch) => void): Measuring {
  return new MeasuringThreads(input, onBatch);
}

class MeasuringThreads implements Measuring {
  readonly done: Promise<MeasuringEnd>;
  readonly #input: MeasuringInput;
  readonly #onBatch: (batch: MeasuringBatch) => void;
  readonly #threads: readonly Worker[];
  readonly #living = new Set<Worker>();
  readonly #ended = new Set<Worker>();
  readonly #merge = createShardMerge();
  readonly #coordinator: Coordinator;
  readonly #watchdog: Watchdog;
  /** By thread: how often it was silent and only starved since its last word. */
  readonly #starved = new Map<number, number>();
  #isCutShort = false;
  #failure: Error | undefined;
  #cancelKill = (): void => undefined;
  #settle: () => void = () => undefined;

  constructor(input: MeasuringInput, onBatch: (batch: MeasuringBatch) => void) {
    const { order, workers, threadUrl, clock, silenceLimitMs } = input;
    this.#input = input;
    this.#onBatch = onBatch;
    this.done = new Promise((resolve, reject) => {
      this.#settle = () =>
        this.#failure === undefined ? resolve({ isCutShort: this.#isCutShort }) : reject(this.#failure);
    });
    this.#threads = Array.from({ length: workers }, (_, index) => {
      const workerData: MeasuringOrder = { ...order, shard: { index, count: workers } };
      return new Worker(threadUrl, { workerData, name: `measuring ${index}` });
    });
    this.#watchdog = new Watchdog(clock, silenceLimitMs ?? SILENCE_LIMIT_MS, (index) =>
      // A thread that ended meanwhile cannot be asked.
      this.#examine(index).catch(() => undefined),
    );
    this.#coordinator = new Coordinator({
      plan: order.plan,
      shardCount: workers,
      clock,
      send: (index, command) => this.#threads[index]?.postMessage(command),
    });
    for (const [index, thread] of this.#threads.entries()) this.#follow(thread, index);
    this.#coordinator.run().catch((error: unknown) => this.#fail(error));
  }

  stop(graceMs: Milliseconds): void {
    this.#sendAll({ type: 'stop', graceMs });
    this.#killAfter(graceMs + END_WITHIN_MS);
  }

  renew(targetIndex: number, credentials: Credentials): void {
    this.#sendAll({ type: 'credentials', targetIndex, credentials });
  }

  #follow(thread: Worker, index: number): void {
    this.#living.add(thread);
    let failure: unknown;
    thread.on('message', (report: MeasuringReport) => {
      this.#watchdog.hear(index);
      this.#starved.delete(index);
      this.#take(thread, index, report);
    });
    thread.on('error', (error) => {
      failure = error;
    });
    // The error has a channel of its own and may overtake the batches; at the exit all of them have come.
    thread.on('exit', (code) => {
      this.#living.delete(thread);
      this.#watchdog.forget(index);
      if (failure !== undefined) this.#fail(this.#naming(index, failure));
      else if (!this.#ended.has(thread)) this.#fail(this.#naming(index, `it exited with code ${code} before its end`));
      if (this.#living.size > 0) return;
      this.#watchdog.stop();
      this.#cancelKill();
      this.#settle();
    });
  }

  #take(thread: Worker, index: number, report: MeasuringReport): void {
    if (report.type === 'end') {
      this.#ended.add(thread);
      this.#isCutShort ||= report.isCutShort;
    } else if (report.type === 'batch') {
      this.#merge.take(index, report.progress, report.live);
      const progress = this.#merge.progress();
      this.#onBatch({ records: unpackRecords(report.records), progress, live: this.#merge.live() });
      this.#checkDrain(progress);
    } else this.#coordinator.take(index, report);
  }

  #checkDrain(progress: readonly TargetProgress[]): void {
    const { clock, order } = this.#input;
    const overdue = findOverdue(order.plan, progress, clock.nowMs());
    if (overdue === undefined || this.#failure !== undefined) return;
    const { model } = order.plan.targets[overdue.targetIndex] ?? { model: '' };
    this.#fail(new Error(`answers of ${model} did not end within their own limits`));
  }

  /** A silent thread that only gets no core is waited for; one that hangs is given up. */
  async #examine(index: number): Promise<void> {
    const thread = this.#threads[index];
    if (thread === undefined) return;
    const { clock, silenceLimitMs = SILENCE_LIMIT_MS } = this.#input;
    const startMs = clock.nowMs();
    const start = await thread.cpuUsage();
    await sleep(clock, EXAMINED_FOR_MS);
    if (!this.#living.has(thread) || this.#watchdog.hears(index)) return;
    const { user, system } = await thread.cpuUsage(start);
    const times = (this.#starved.get(index) ?? 0) + 1;
    this.#starved.set(index, times);
    if (times < MOST_PATIENCE && isStarved((user + system) / 1_000, clock.nowMs() - startMs)) {
      this.#watchdog.hear(index);
      return;
    }
    const seconds = (times * silenceLimitMs) / 1_000;
    this.#fail(this.#naming(index, `it has said nothing for ${seconds} s: its event loop is blocked`));
    thread.terminate();
  }

  /** The first failure is what the run fails with; it ends the other threads, which hand over what they have. */
  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#sendAll({ type: 'stop', graceMs: 0 });
    this.#sendAll({ type: 'finish' });
    this.#killAfter(END_WITHIN_MS);
  }

  #killAfter(delayMs: Milliseconds): void {
    this.#cancelKill();
    this.#cancelKill = this.#input.clock.after(delayMs, () => {
      this.#failure ??= new Error(`it did not end within ${END_WITHIN_MS / 1_000} s of being told to`);
      for (const thread of this.#living) thread.terminate();
    });
  }

  #sendAll(command: MeasuringCommand): void {
    for (const thread of this.#living) thread.postMessage(command);
  }

  #naming(index: number, reason: unknown): Error {
    const text = reason instanceof Error ? reason.message : String(reason);
    const { workers } = this.#input;
    return new Error(workers === 1 ? text : `thread ${index + 1} of ${workers}: ${text}`, { cause: reason });
  }
}
