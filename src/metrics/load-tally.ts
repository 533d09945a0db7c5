import type { RequestRecord } from '../model/record.ts';
import type { Span } from './own-time.ts';
import { SampleList } from './sample-list.ts';
import { tokenArrivals } from './tokens.ts';

/** What a target's requests did within a span, both ends included. */
export interface LoadInSpan {
  /** First attempts that were due, and that were sent. */
  readonly due: number;
  readonly sent: number;
  readonly completed: number;
  readonly good: number;
  readonly tokens: number;
  /** Mean over time; undefined for a span of no length. */
  readonly meanInFlight: number | undefined;
}

/** Arrivals of tokens of one request. */
interface LooseTokens extends Span {
  /** Instant, tokens, instant, tokens …: as objects they would weigh several times as much. */
  readonly arrivals: Float64Array;
}

/** Follows when requests were sent and ended and when tokens came, so that any span can be concluded upon later. */
export class LoadTally {
  readonly #startedAtMs = new SampleList();
  readonly #endedAtMs = new SampleList();
  readonly #dueAtMs = new SampleList();
  readonly #sentAtMs = new SampleList();
  readonly #completedAtMs = new SampleList();
  readonly #goodAtMs = new SampleList();
  /** Of requests that may not lie within the span as a whole. */
  #loose: LooseTokens[] = [];
  #settledTokens = 0;
  #settled: Span = { startMs: 0, endMs: Number.NEGATIVE_INFINITY };
  hasTokens = false;

  add(record: RequestRecord, isGood: boolean): void {
    const { startedAtMs, endedAtMs, scheduledAtMs } = record.instants;
    this.#startedAtMs.push(startedAtMs);
    this.#endedAtMs.push(endedAtMs);
    if (record.attempt === 1) {
      this.#dueAtMs.push(scheduledAtMs ?? startedAtMs);
      this.#sentAtMs.push(startedAtMs);
    }
    if (record.outcome.kind === 'completed') {
      this.#completedAtMs.push(endedAtMs);
      if (isGood) this.#goodAtMs.push(endedAtMs);
    }
    const arrivals = packed(tokenArrivals(record));
    this.hasTokens ||= arrivals.length > 0;
    const tokens = { startMs: startedAtMs, endMs: endedAtMs, arrivals };
    if (this.#isSettled(tokens)) this.#settledTokens += sumOf(arrivals);
    else this.#loose.push(tokens);
  }

  /** Whatever span is asked for later holds this one: tokens of requests that lie in it as a whole need not be kept one by one. */
  settle(span: Span): void {
    if (span.endMs <= this.#settled.endMs) return;
    this.#settled = span;
    const loose: LooseTokens[] = [];
    for (const each of this.#loose) {
      if (this.#isSettled(each)) this.#settledTokens += sumOf(each.arrivals);
      else loose.push(each);
    }
    this.#loose = loose;
  }

  #isSettled({ startMs, endMs }: Span): boolean {
    return startMs >= this.#settled.startMs && endMs <= this.#settled.endMs;
  }

  /** Tokens with their instants, of requests that are not settled. */
  *looseTokens(): Generator<{ readonly atMs: number; readonly tokens: number }> {
    for (const { arrivals } of this.#loose) {
      for (let place = 0; place < arrivals.length; place += 2) {
        yield { atMs: arrivals[place] as number, tokens: arrivals[place + 1] as number };
      }
    }
  }

  within({ startMs, endMs }: Span): LoadInSpan {
    const isInside = (atMs: number): boolean => atMs >= startMs && atMs <= endMs;
    let tokens = this.#settledTokens;
    for (const { arrivals } of this.#loose) {
      for (let place = 0; place < arrivals.length; place += 2) {
        if (isInside(arrivals[place] as number)) tokens += arrivals[place + 1] as number;
      }
    }
    return {
      due: this.#dueAtMs.count(isInside),
      sent: this.#sentAtMs.count(isInside),
      completed: this.#completedAtMs.count(isInside),
      good: this.#goodAtMs.count(isInside),
      tokens,
      meanInFlight: endMs > startMs ? this.#inFlightMs({ startMs, endMs }) / (endMs - startMs) : undefined,
    };
  }

  /** From the first start to the last end; its start is above its end when there was nothing. */
  get wholeSpan(): Span {
    let startMs = Number.POSITIVE_INFINITY;
    let endMs = Number.NEGATIVE_INFINITY;
    for (const atMs of this.#startedAtMs) startMs = Math.min(startMs, atMs);
    for (const atMs of this.#endedAtMs) endMs = Math.max(endMs, atMs);
    return { startMs, endMs };
  }

  #inFlightMs({ startMs, endMs }: Span): number {
    let sumMs = 0;
    for (let index = 0; index < this.#startedAtMs.length; index++) {
      const from = Math.max(this.#startedAtMs.at(index), startMs);
      const to = Math.min(this.#endedAtMs.at(index), endMs);
      if (to > from) sumMs += to - from;
    }
    return sumMs;
  }
}

function sumOf(arrivals: LooseTokens['arrivals']): number {
  let sum = 0;
  for (let place = 1; place < arrivals.length; place += 2) sum += arrivals[place] as number;
  return sum;
}

function packed(arrivals: ReturnType<typeof tokenArrivals>): Float64Array {
  const all = new Float64Array(2 * arrivals.length);
  arrivals.forEach(({ atMs, tokens }, index) => {
    all[2 * index] = atMs;
    all[2 * index + 1] = tokens;
  });
  return all;
}
