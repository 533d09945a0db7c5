import { quantile, sortSamples } from '../metrics/quantile.ts';
import { type Milliseconds, MS_PER_SECOND } from '../model/units.ts';

/** One second of a target's live view. */
export interface LiveSecond {
  /** Of requests whose first token came in this second; undefined: none came. */
  readonly ttftP50Ms: Milliseconds | undefined;
  /** Tokens that arrived in this second. Those of answers still under way are added when they end. */
  readonly tokens: number;
}

interface OpenSecond {
  readonly ttfts: number[];
  tokens: number;
  /** Undefined: to be worked out anew, since a value has come. */
  p50: Milliseconds | undefined;
}

/** So many seconds are kept: more than the widest line shows. */
const KEPT_SECONDS = 240;

/** What happened in each of the latest seconds, for a line that shows how it went. */
export class LiveSeries {
  readonly #seconds = new Map<number, OpenSecond>();
  #newest = 0;

  addTtft(atMs: Milliseconds, ttftMs: Milliseconds): void {
    const second = this.#at(atMs);
    if (second === undefined) return;
    second.ttfts.push(ttftMs);
    second.p50 = undefined;
  }

  addTokens(atMs: Milliseconds, tokens: number): void {
    const second = this.#at(atMs);
    if (second !== undefined) second.tokens += tokens;
  }

  /** From `fromMs` up to the last whole second before `untilMs`, at most 240; empty seconds included. */
  view(fromMs: Milliseconds, untilMs: Milliseconds): readonly LiveSecond[] {
    const end = Math.floor(untilMs / MS_PER_SECOND);
    const start = Math.max(Math.floor(fromMs / MS_PER_SECOND), end - KEPT_SECONDS, 0);
    return Array.from({ length: Math.max(0, end - start) }, (_, index) => {
      const second = this.#seconds.get(start + index);
      if (second === undefined) return { ttftP50Ms: undefined, tokens: 0 };
      second.p50 ??= quantile(sortSamples(second.ttfts), 0.5);
      return { ttftP50Ms: second.p50, tokens: second.tokens };
    });
  }

  /** Undefined: too long ago to be shown. */
  #at(atMs: Milliseconds): OpenSecond | undefined {
    const number = Math.floor(atMs / MS_PER_SECOND);
    if (number <= this.#newest - KEPT_SECONDS) return undefined;
    for (; this.#newest < number; this.#newest++) this.#seconds.delete(this.#newest + 1 - KEPT_SECONDS);
    const known = this.#seconds.get(number);
    if (known !== undefined) return known;
    const opened: OpenSecond = { ttfts: [], tokens: 0, p50: undefined };
    this.#seconds.set(number, opened);
    return opened;
  }
}
