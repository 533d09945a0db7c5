import type { MeasuringBatch } from '../engine/run.ts';

/** Of requests and their token events: at most half a gigabyte. */
const MOST_ROWS = 3_000_000;

/** Batches that wait to be written, while their store is slow or away. */
export class Backlog {
  readonly #mostRows: number;
  #batches: MeasuringBatch[] = [];
  #rows = 0;

  constructor(mostRows: number = MOST_ROWS) {
    this.#mostRows = mostRows;
  }

  /** Whether there was room for it; without, it is not kept. */
  add(batch: MeasuringBatch): boolean {
    const rows = batch.records.reduce((sum, { events }) => sum + 1 + events.length, 0);
    if (this.#rows + rows > this.#mostRows) return false;
    this.#batches.push(batch);
    this.#rows += rows;
    return true;
  }

  /** All of them, oldest first; none wait any more. */
  takeAll(): readonly MeasuringBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    this.#rows = 0;
    return batches;
  }
}
