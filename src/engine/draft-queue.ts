import type { Clock } from '../clock.ts';
import type { Load } from '../model/load.ts';
import { peakOf, profileOf } from '../model/load-profile.ts';
import { MS_PER_SECOND } from '../model/units.ts';

/** What arrives within such a time may have no turn of the event loop between to be prepared in. */
const CLUSTER_MS = 10;
/** Prepared requests are memory. */
const MOST_AHEAD = 256;
/** Of a trace nobody knows the densest place here. */
const TRACE_AHEAD = 16;

/** How many requests of a load lie ready, so that those that come close together leave close together. */
export function draftsAhead(load: Load): number {
  const profile = profileOf(load);
  if (profile === undefined) return TRACE_AHEAD;
  if (load.kind !== 'open-loop') return 1;
  const burst = typeof load.arrival === 'object' && load.arrival.kind === 'burst' ? load.arrival.size : 1;
  return Math.min(MOST_AHEAD, Math.max(burst, Math.ceil((peakOf(profile) * CLUSTER_MS) / MS_PER_SECOND)));
}

export interface DraftQueueInput<Draft> {
  readonly clock: Clock;
  readonly prepare: () => Draft;
  /** How many lie ready, at least 1. */
  readonly ahead: number;
  /** Drafts that can be wanted at all; undefined: any number. */
  readonly most: number | undefined;
}

/** Requests built ahead of their time, in the order of their prompts. */
export class DraftQueue<Draft> {
  readonly #input: DraftQueueInput<Draft>;
  readonly #ready: Draft[] = [];
  #prepared = 0;
  #isFilling = false;
  #isClosed = false;

  constructor(input: DraftQueueInput<Draft>) {
    this.#input = input;
  }

  /** All that may lie ready, now: before the clock of the phase runs. */
  fill(): void {
    while (this.#hasRoom) this.#add();
  }

  /** The next one, which stays: prepared now where none lay ready. */
  peek(): Draft {
    return this.#ready[0] ?? this.#add();
  }

  /** Takes the next one away; room for another is filled turn by turn, so that nothing waits for more than one. */
  take(): Draft {
    const draft = this.peek();
    this.#ready.shift();
    this.#refill();
    return draft;
  }

  /** Nothing more is prepared ahead. */
  close(): void {
    this.#isClosed = true;
  }

  get #hasRoom(): boolean {
    const { ahead, most = Number.POSITIVE_INFINITY } = this.#input;
    return !this.#isClosed && this.#ready.length < ahead && this.#prepared < most;
  }

  #add(): Draft {
    const draft = this.#input.prepare();
    this.#prepared++;
    this.#ready.push(draft);
    return draft;
  }

  #refill(): void {
    if (this.#isFilling || !this.#hasRoom) return;
    this.#isFilling = true;
    this.#input.clock.soon(() => {
      this.#isFilling = false;
      if (this.#hasRoom) this.#add();
      this.#refill();
    });
  }
}
