import type { Clock } from '../clock.ts';
import type { Load, StopRule } from '../model/load.ts';
import type { CancelledBy, RequestRecord } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import type { Observation, RecordIdentity } from './observe.ts';
import type { Pacer } from './pacer.ts';

/** What tells one attempt from another. */
export type Attempt = Pick<RecordIdentity, 'attempt' | 'retryOf' | 'scheduledAtMs'>;

export interface PhaseInput<Draft> {
  readonly clock: Clock;
  readonly load: Load;
  readonly stop: StopRule;
  readonly pacer: Pacer;
  /** The instant that all shards count their schedule from; undefined: when `run` is called. */
  readonly startAtMs?: Milliseconds | undefined;
  /** Builds the next request, ahead of its time where there is time. */
  readonly prepare: () => Draft;
  /** Starts one attempt; `done` comes exactly once, later. */
  readonly start: (draft: Draft, attempt: Attempt, done: (record: RequestRecord) => void) => Observation;
  readonly retryDelayMs: (record: RequestRecord) => Milliseconds | undefined;
  /**
   * Asked right before each attempt; `start` follows at once when it says `now`. `later`: a closed loop waits for `whenAdmitted`, an
   * open loop cannot wait and ends. `never`: nothing more is sent. Undefined: every attempt may be sent.
   */
  readonly gate: Gate<Draft> | undefined;
  /** What the client sends next because of this answer: the next turn of its conversation. Undefined: nothing. */
  readonly follow?: (draft: Draft, record: RequestRecord) => FollowUp<Draft> | undefined;
  /** How many requests follow on a draft at most; they count as sent with it. */
  readonly followUps?: (draft: Draft) => number;
}

/** A request that only an answer made possible. */
export interface FollowUp<Draft> {
  /** From the answer's end to its start. */
  readonly delayMs: Milliseconds;
  readonly prepare: () => Draft;
}

export interface Gate<Draft> {
  admit(draft: Draft): 'now' | 'later' | 'never';
  /** Calls back once, when it is worth asking again. */
  whenAdmitted(tryAgain: () => void): void;
}

export interface PhaseEnd {
  readonly endAtMs: Milliseconds;
}

/** Timers are this late at most, in calm; the rest of a wait is spent turning the event loop, so that arrivals are on time. */
const TIMER_SLACK_MS = 2;

/**
 * Sends requests as the pacer says until the stop rule or `stop()`, then waits for all answers. Knows nothing of what a request
 * is. In open loop nothing here waits for an answer.
 */
export class PhaseRun<Draft> {
  readonly #input: PhaseInput<Draft>;
  readonly #underWay = new Set<Observation>();
  /** Skip what is waited for before a retry, or before a client's next request. */
  readonly #retries = new Set<() => void>();
  readonly #pauses = new Set<() => void>();
  /** Likewise before the next turn of a conversation; only `stop` ends these. */
  readonly #thoughts = new Set<() => void>();
  #draft: Draft | undefined;
  #arrivals = 0;
  /** Follow-ups of all that arrived: a conversation that has begun is carried on to its end. */
  #promised = 0;
  #busy = 0;
  #isSending = true;
  #isStopped = false;
  readonly #pumpAgain = (): void => this.#pump();
  #cancelPump = (): void => undefined;
  #cancelGrace = (): void => undefined;
  #finish: (end: PhaseEnd) => void = () => undefined;
  startAtMs: Milliseconds = 0;
  /** When the load could no longer be kept up as planned: the steady window's end. */
  sendingEndAtMs: Milliseconds | undefined;
  started = 0;
  ended = 0;
  dropped = 0;
  /** The gate let nothing more through: the phase ended before its plan. */
  isCutShort = false;

  constructor(input: PhaseInput<Draft>) {
    this.#input = input;
  }

  get inFlight(): number {
    return this.#underWay.size;
  }

  run(): Promise<PhaseEnd> {
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#draft = this.#input.prepare();
      this.startAtMs = this.#input.startAtMs ?? this.#input.clock.nowMs();
      this.#pump();
    });
  }

  stop(graceMs: Milliseconds): void {
    const { clock } = this.#input;
    this.#isStopped = true;
    this.#endSending(clock.nowMs());
    for (const skip of [...this.#retries, ...this.#thoughts]) skip();
    this.#cancelGrace();
    if (graceMs <= 0) this.#cancelAll('user');
    else this.#cancelGrace = clock.after(graceMs, () => this.#cancelAll('user'));
    this.#finishIfOver();
  }

  #pump(): void {
    while (this.#isSending) {
      const elapsedMs = this.#input.clock.nowMs() - this.startAtMs;
      if (elapsedMs < 0) {
        this.#wait(-elapsedMs);
        return;
      }
      const pace = this.#input.pacer.next({ elapsedMs, arrivals: this.#arrivals, busy: this.#busy });
      const { load } = this.#input;
      const { requests, durationMs } = this.#input.stop;
      const isCounted = requests !== undefined && this.#arrivals + this.#promised >= requests;
      // With no request left to give, the first client to come free ends the steady window.
      const isWaitingForFirst = isCounted && load.kind === 'closed-loop' && this.#busy === this.#arrivals;
      if (pace.kind === 'answer' || isWaitingForFirst) {
        if (durationMs !== undefined && elapsedMs >= durationMs) this.#endSending(this.startAtMs + durationMs);
        else if (durationMs !== undefined) this.#wait(durationMs - elapsedMs);
        return;
      }
      if (isCounted || (durationMs !== undefined && pace.atMs >= durationMs)) {
        this.#endSending(this.startAtMs + Math.min(pace.atMs, durationMs ?? Number.POSITIVE_INFINITY));
        return;
      }
      if (pace.atMs > elapsedMs) {
        this.#wait(pace.atMs - elapsedMs);
        return;
      }
      if (!this.#arrive(pace.atMs)) return;
    }
  }

  #wait(delayMs: Milliseconds): void {
    const { clock } = this.#input;
    this.#cancelPump();
    this.#cancelPump =
      delayMs > TIMER_SLACK_MS
        ? clock.after(Math.floor(delayMs - TIMER_SLACK_MS) + 1, this.#pumpAgain)
        : clock.soon(this.#pumpAgain);
  }

  /** False when nothing was sent because the gate said so. */
  #arrive(dueMs: Milliseconds): boolean {
    const { load } = this.#input;
    const isOpen = load.kind === 'open-loop';
    if (isOpen && load.maxInFlight !== undefined && this.#busy >= load.maxInFlight) {
      this.#arrivals++;
      this.dropped++;
      return true;
    }
    const draft = this.#draft ?? this.#input.prepare();
    this.#draft = draft;
    if (!this.#isAdmitted(draft, dueMs)) return false;
    this.#draft = undefined;
    this.#arrivals++;
    this.#promised += this.#input.followUps?.(draft) ?? 0;
    this.#busy++;
    const scheduledAtMs = isOpen ? this.startAtMs + dueMs : undefined;
    this.#attempt(draft, { attempt: 1, retryOf: undefined, scheduledAtMs });
    this.#input.clock.soon(() => {
      if (this.#isSending) this.#draft ??= this.#input.prepare();
    });
    return true;
  }

  #isAdmitted(draft: Draft, dueMs: Milliseconds): boolean {
    const { gate, load } = this.#input;
    const admission = gate?.admit(draft) ?? 'now';
    if (admission === 'now') return true;
    if (admission === 'later' && load.kind === 'closed-loop') {
      gate?.whenAdmitted(this.#pumpAgain);
      const { durationMs } = this.#input.stop;
      if (durationMs !== undefined) this.#wait(durationMs - dueMs);
    } else {
      this.isCutShort = true;
      this.#endSending(this.startAtMs + dueMs);
    }
    return false;
  }

  #attempt(draft: Draft, attempt: Attempt): void {
    this.started++;
    const observation = this.#input.start(draft, attempt, (record) => {
      this.#underWay.delete(observation);
      this.ended++;
      this.#afterAnswer(draft, record);
    });
    this.#underWay.add(observation);
  }

  #afterAnswer(draft: Draft, record: RequestRecord): void {
    const { clock, load, retryDelayMs, gate } = this.#input;
    const delayMs = this.#isStopped ? undefined : retryDelayMs(record);
    if (delayMs !== undefined) {
      this.#later(this.#retries, delayMs, () => {
        // A retry that cannot be sent now is none: whoever waits for it would wait while others are served.
        if (gate !== undefined && gate.admit(draft) !== 'now') return this.#free();
        const scheduledAtMs = load.kind === 'open-loop' ? clock.nowMs() : undefined;
        this.#attempt(draft, { attempt: record.attempt + 1, retryOf: record.id, scheduledAtMs });
      });
    } else if (this.#goesOn(draft, record)) return;
    else if (load.kind === 'closed-loop' && load.requestDelayMs > 0 && this.#isSending && !this.#isLast) {
      this.#later(this.#pauses, load.requestDelayMs, () => this.#free());
    } else this.#free();
  }

  /** Starts what follows on an answer, now or later; its client stays busy. False: nothing follows. */
  #goesOn(draft: Draft, record: RequestRecord): boolean {
    const { clock, load, stop, follow, gate } = this.#input;
    const next = this.#isStopped || this.isCutShort ? undefined : follow?.(draft, record);
    if (next === undefined) return false;
    const dueAtMs = clock.nowMs() + next.delayMs;
    if (stop.durationMs !== undefined && dueAtMs - this.startAtMs >= stop.durationMs) return false;
    this.#later(this.#thoughts, next.delayMs, () => {
      const turn = next.prepare();
      if (gate !== undefined && gate.admit(turn) !== 'now') return this.#free();
      const scheduledAtMs = load.kind === 'closed-loop' ? undefined : dueAtMs;
      this.#attempt(turn, { attempt: 1, retryOf: undefined, scheduledAtMs });
    });
    return true;
  }

  get #isLast(): boolean {
    const { requests } = this.#input.stop;
    return requests !== undefined && this.#arrivals + this.#promised >= requests;
  }

  /** After a time that can be cut short: then the client is free and nothing is called. */
  #later(waits: Set<() => void>, delayMs: Milliseconds, callback: () => void): void {
    const { clock } = this.#input;
    const fire = (): void => {
      waits.delete(skip);
      callback();
    };
    const cancel = delayMs > 0 ? clock.after(delayMs, fire) : clock.soon(fire);
    const skip = (): void => {
      waits.delete(skip);
      cancel();
      this.#free();
    };
    waits.add(skip);
  }

  #free(): void {
    this.#busy--;
    this.#pump();
    this.#finishIfOver();
  }

  #endSending(atMs: Milliseconds): void {
    if (!this.#isSending) return;
    this.#isSending = false;
    this.#cancelPump();
    this.sendingEndAtMs = atMs;
    // A pause before a request that will not be sent is nothing to wait for.
    for (const skip of [...this.#pauses]) skip();
    this.#finishIfOver();
  }

  #cancelAll(by: CancelledBy): void {
    for (const observation of this.#underWay) observation.cancel(by);
  }

  #finishIfOver(): void {
    if (this.#isSending || this.#busy > 0) return;
    this.#cancelGrace();
    this.#finish({ endAtMs: this.#input.clock.nowMs() });
  }
}
