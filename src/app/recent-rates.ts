import { type Milliseconds, MS_PER_SECOND } from '../model/units.ts';

/** Rates of a live view look back this far. */
const SPAN_MS = 3_000;
const SLOT_MS = 100;
const SLOTS = SPAN_MS / SLOT_MS;

interface Slot {
  number: number;
  requests: number;
  tokens: number;
}

/** Requests and tokens of the last three seconds, in slots of a tenth: however many there are, they take the same memory. */
export class RecentRates {
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => ({ number: -1, requests: 0, tokens: 0 }));

  add(atMs: Milliseconds, counts: { readonly requests: number; readonly tokens: number }): void {
    const number = Math.floor(atMs / SLOT_MS);
    const slot = this.#slots[number % SLOTS];
    // Before the run's start, or older than what has come since.
    if (slot === undefined || slot.number > number) return;
    if (slot.number < number) Object.assign(slot, { number, requests: 0, tokens: 0 });
    slot.requests += counts.requests;
    slot.tokens += counts.tokens;
  }

  /** Of a run that began to send at `startMs`, at `nowMs`. */
  view(startMs: Milliseconds, nowMs: Milliseconds): { requestsPerSecond: number; tokensPerSecond: number } {
    const oldest = Math.floor(nowMs / SLOT_MS) - SLOTS;
    const spanMs = Math.max(1, Math.min(SPAN_MS, nowMs - startMs));
    let requests = 0;
    let tokens = 0;
    for (const slot of this.#slots) {
      if (slot.number <= oldest) continue;
      requests += slot.requests;
      tokens += slot.tokens;
    }
    return {
      requestsPerSecond: (requests / spanMs) * MS_PER_SECOND,
      tokensPerSecond: (tokens / spanMs) * MS_PER_SECOND,
    };
  }
}
