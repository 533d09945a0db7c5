import { availableParallelism } from 'node:os';
import { monotonicMs } from './monotonic.ts';

/** One thing to do at one time. */
export interface Task {
  readonly dueAtMs: number;
  readonly run: () => void;
  isCancelled: boolean;
}

// setTimeout wakes up to 1.1 ms after the asked millisecond; the last stretch is waited out by turning the event loop.
// Sleeping through it would cost a median lateness of about 1 ms.
const WATCH_MS = 1.5;
// With one core the watching would take from the client under test what it gives to the simulator.
const CAN_WATCH = availableParallelism() > 1;
// After this long the loop turns once, so that arriving requests are read, and stamped, in the midst of a burst.
const BURST_MS = 1;

/** Runs tasks at their time on the monotonic clock: a heap shared by all requests, one timer. */
export class Scheduler {
  readonly #heap: Task[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #silentFromMs = Number.POSITIVE_INFINITY;
  #silentToMs = Number.POSITIVE_INFINITY;
  #isRunning = false;
  #isClosed = false;

  /** A time in the past means: as soon as possible, but never within this call. */
  at(dueAtMs: number, run: () => void): Task {
    const task: Task = { dueAtMs, run, isCancelled: false };
    if (this.#isClosed) return task;
    pushTask(this.#heap, task);
    if (!this.#isRunning) this.#arm();
    return task;
  }

  /** Runs nothing from `fromMs` until `toMs`; what falls due meanwhile follows in its order. */
  silence(fromMs: number, toMs: number): void {
    this.#silentFromMs = fromMs;
    this.#silentToMs = toMs;
  }

  close(): void {
    this.#isClosed = true;
    this.#heap.length = 0;
    this.#disarm();
  }

  #arm(): void {
    const next = this.#heap[0];
    if (next === undefined || this.#immediate !== undefined) return;
    const nowMs = monotonicMs();
    const wakeAtMs = this.#isSilentAt(Math.max(next.dueAtMs, nowMs)) ? this.#silentToMs : next.dueAtMs;
    const sleepMs = Math.floor(wakeAtMs - nowMs - (CAN_WATCH ? WATCH_MS : 0));
    if (sleepMs < 1) {
      this.#disarm();
      this.#immediate = setImmediate(() => {
        this.#immediate = undefined;
        this.#runDue();
      });
    } else if (wakeAtMs < this.#timerAtMs) {
      this.#disarm();
      this.#timerAtMs = wakeAtMs;
      this.#timer = setTimeout(() => {
        this.#timerAtMs = Number.POSITIVE_INFINITY;
        this.#runDue();
      }, sleepMs);
    }
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #runDue(): void {
    this.#isRunning = true;
    const startedAtMs = monotonicMs();
    let nowMs = startedAtMs;
    while (nowMs - startedAtMs < BURST_MS && !this.#isSilentAt(nowMs)) {
      const next = this.#heap[0];
      if (next === undefined || next.dueAtMs > nowMs) break;
      popTask(this.#heap);
      if (!next.isCancelled) next.run();
      nowMs = monotonicMs();
    }
    this.#isRunning = false;
    if (!this.#isClosed) this.#arm();
  }

  #isSilentAt(timeMs: number): boolean {
    return timeMs >= this.#silentFromMs && timeMs < this.#silentToMs;
  }
}

function pushTask(heap: Task[], task: Task): void {
  let index = heap.length;
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || parent.dueAtMs <= task.dueAtMs) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = task;
}

function popTask(heap: Task[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    const leftIndex = 2 * index + 1;
    const left = heap[leftIndex];
    if (left === undefined) break;
    const right = heap[leftIndex + 1];
    const isRightFirst = right !== undefined && right.dueAtMs < left.dueAtMs;
    const child = isRightFirst ? right : left;
    if (child.dueAtMs >= last.dueAtMs) break;
    heap[index] = child;
    index = isRightFirst ? leftIndex + 1 : leftIndex;
  }
  heap[index] = last;
}
