import type { Clock } from '../clock.ts';
import type { Load, StopRule } from '../model/load.ts';
import type { CancelledBy, RequestRecord } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import { DraftQueue, draftsAhead } from './draft-queue.ts';
import type { Observation, RecordIdentity } from './observe.ts';
import type { Pacer } from './pacer.ts';
import { PreciseWait } from './precise-wait.ts';

/** What tells one attempt from another. */
export interface Attempt extends Pick<RecordIdentity, 'attempt' | 'retryOf' | 'scheduledAtMs'> {
  /** False: of the cool-down, which keeps the load up and is not measured. */
  readonly isMeasured: boolean;
}

export interface PhaseInput<Draft> {
  readonly clock: Clock;
  readonly load: Load;
  readonly stop: StopRule;
  /** How much longer the load goes on, without being measured; undefined: not at all. */
  readonly cooldownMs?: Milliseconds | undefined;
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
  readonly #drafts: DraftQueue<Draft>;
  readonly #wakeUp: PreciseWait;
  #arrivals = 0;
  /** Follow-ups of all that arrived: a conversation that has begun is carried on to its end. */
  #promised = 0;
  #busy = 0;
  #isSending = true;
  /** When the cool-down ends, from the phase's start; undefined before it has begun. */
  #cooldownEndMs: Milliseconds | undefined;
  #isStopped = false;
  readonly #pumpAgain = (): void => this.#pump();
  #cancelGrace = (): void => undefined;
  #finish: (end: PhaseEnd) => void = () => undefined;
  startAtMs: Milliseconds = 0;
  /** When the load could no longer be kept up as planned: the steady window's end. */
  sendingEndAtMs: Milliseconds | undefined;
  /** Measured attempts; the cool-down's are not among them. */
  started = 0;
  ended = 0;
  dropped = 0;
  /** The gate let nothing more through: the phase ended before its plan. */
  isCutShort = false;

  constructor(input: PhaseInput<Draft>) {
    const { clock, load, stop, cooldownMs, prepare } = input;
    this.#input = input;
    this.#wakeUp = new PreciseWait(clock, this.#pumpAgain);
    const most = cooldownMs === undefined ? stop.requests : undefined;
    this.#drafts = new DraftQueue({ clock, prepare, ahead: draftsAhead(load), most });
  }

  /** Time of the thread that went into waiting precisely, and that any other work could have had. */
  get spunMs(): Milliseconds {
    return this.#wakeUp.spunMs;
  }

  get inFlight(): number {
    return this.#underWay.size;
  }

  get state(): 'sending' | 'cooldown' | 'drain' {
    if (!this.#isSending) return 'drain';
    return this.#cooldownEndMs === undefined ? 'sending' : 'cooldown';
  }

  run(): Promise<PhaseEnd> {
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#drafts.fill();
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
    while (this.#isSending && this.#step());
  }

  /** Sends what is due, ends what is over, or waits for it. True: more may be due at once. */
  #step(): boolean {
    const elapsedMs = this.#input.clock.nowMs() - this.startAtMs;
    if (elapsedMs < 0) return this.#wait(-elapsedMs);
    const pace = this.#input.pacer.next({ elapsedMs, arrivals: this.#arrivals, busy: this.#busy });
    const endMs = this.#cooldownEndMs ?? this.#input.stop.durationMs ?? Number.POSITIVE_INFINITY;
    // With no request left to give, the first client to come free ends the steady window.
    const isWaitingForFirst = this.#isLast && this.#input.load.kind === 'closed-loop' && this.#busy === this.#arrivals;
    if (pace.kind === 'answer' || isWaitingForFirst) {
      const againAtMs = (pace.kind === 'answer' ? pace.againAtMs : undefined) ?? Number.POSITIVE_INFINITY;
      return elapsedMs < endMs ? this.#wait(Math.min(endMs, againAtMs) - elapsedMs) : this.#end(endMs, elapsedMs);
    }
    if (this.#isLast) return this.#end(Math.min(pace.atMs, endMs), elapsedMs);
    if (pace.kind === 'over' || pace.atMs >= endMs) {
      // The time asked for passes, though nothing more is due in it.
      const overMs = Math.min(pace.atMs, endMs);
      const isEndless = overMs === Number.POSITIVE_INFINITY;
      return elapsedMs < overMs && !isEndless ? this.#wait(overMs - elapsedMs) : this.#end(overMs, elapsedMs);
    }
    return pace.atMs > elapsedMs ? this.#wait(pace.atMs - elapsedMs) : this.#arrive(pace.atMs);
  }

  /** Ends what is measured, or the cool-down after it; a load that never ends, but has nothing to send, ends now. */
  #end(plannedMs: Milliseconds, nowMs: Milliseconds): boolean {
    const atMs = plannedMs < Number.POSITIVE_INFINITY ? plannedMs : nowMs;
    const { cooldownMs } = this.#input;
    if (cooldownMs === undefined || this.#cooldownEndMs !== undefined) this.#endSending(this.startAtMs + atMs);
    else {
      this.sendingEndAtMs = this.startAtMs + atMs;
      this.#cooldownEndMs = atMs + cooldownMs;
    }
    return true;
  }

  /** False: nothing more is due before. Infinite: only an answer makes something due. */
  #wait(delayMs: Milliseconds): false {
    this.#wakeUp.start(delayMs);
    return false;
  }

  /** False when nothing was sent because the gate said so. */
  #arrive(dueMs: Milliseconds): boolean {
    const { load } = this.#input;
    const isOpen = load.kind !== 'closed-loop';
    if (isOpen && load.maxInFlight !== undefined && this.#busy >= load.maxInFlight) {
      this.#arrivals++;
      if (this.#isMeasuring) this.dropped++;
      // The prompts of a trace belong to their arrivals; others can wait for the next.
      if (load.kind === 'trace') this.#drafts.take();
      return true;
    }
    const draft = this.#drafts.peek();
    if (!this.#isAdmitted(draft, dueMs)) return false;
    this.#drafts.take();
    this.#arrivals++;
    this.#promised += this.#input.followUps?.(draft) ?? 0;
    this.#busy++;
    const scheduledAtMs = isOpen ? this.startAtMs + dueMs : undefined;
    this.#attempt(draft, { attempt: 1, retryOf: undefined, scheduledAtMs, isMeasured: this.#isMeasuring });
    return true;
  }

  get #isMeasuring(): boolean {
    return this.#cooldownEndMs === undefined;
  }

  #isAdmitted(draft: Draft, dueMs: Milliseconds): boolean {
    const { gate, load } = this.#input;
    const admission = gate?.admit(draft) ?? 'now';
    if (admission === 'now') return true;
    if (admission === 'later' && load.kind === 'closed-loop') {
      gate?.whenAdmitted(this.#pumpAgain);
      const endMs = this.#cooldownEndMs ?? this.#input.stop.durationMs;
      if (endMs !== undefined) this.#wait(endMs - dueMs);
    } else {
      this.isCutShort = true;
      this.#endSending(this.startAtMs + dueMs);
    }
    return false;
  }

  #attempt(draft: Draft, attempt: Attempt): void {
    if (attempt.isMeasured) this.started++;
    const observation = this.#input.start(draft, attempt, (record) => {
      this.#underWay.delete(observation);
      if (attempt.isMeasured) this.ended++;
      this.#afterAnswer(draft, record, attempt);
    });
    this.#underWay.add(observation);
  }

  #afterAnswer(draft: Draft, record: RequestRecord, { isMeasured }: Attempt): void {
    const { clock, load, retryDelayMs, gate } = this.#input;
    const delayMs = this.#isStopped ? undefined : retryDelayMs(record);
    if (delayMs !== undefined) {
      this.#later(this.#retries, delayMs, () => {
        // A retry that cannot be sent now is none: whoever waits for it would wait while others are served.
        if (gate !== undefined && gate.admit(draft) !== 'now') return this.#free();
        const scheduledAtMs = load.kind === 'closed-loop' ? undefined : clock.nowMs();
        this.#attempt(draft, { attempt: record.attempt + 1, retryOf: record.id, scheduledAtMs, isMeasured });
      });
    } else if (this.#goesOn(draft, record, isMeasured)) return;
    else if (load.kind === 'closed-loop' && load.requestDelayMs > 0 && this.#isSending && !this.#isLast) {
      this.#later(this.#pauses, load.requestDelayMs, () => this.#free());
    } else this.#free();
  }

  /** Starts what follows on an answer, now or later; its client stays busy. False: nothing follows. */
  #goesOn(draft: Draft, record: RequestRecord, wasMeasured: boolean): boolean {
    const { clock, load, stop, cooldownMs, follow, gate } = this.#input;
    const next = this.#isStopped || this.isCutShort ? undefined : follow?.(draft, record);
    if (next === undefined) return false;
    const dueAtMs = clock.nowMs() + next.delayMs;
    const isTooLate = stop.durationMs !== undefined && dueAtMs - this.startAtMs >= stop.durationMs;
    if (isTooLate && (cooldownMs === undefined || dueAtMs - this.startAtMs >= stop.durationMs + cooldownMs))
      return false;
    this.#later(this.#thoughts, next.delayMs, () => {
      const turn = next.prepare();
      if (gate !== undefined && gate.admit(turn) !== 'now') return this.#free();
      const scheduledAtMs = load.kind === 'closed-loop' ? undefined : dueAtMs;
      this.#attempt(turn, {
        attempt: 1,
        retryOf: undefined,
        scheduledAtMs,
        isMeasured: wasMeasured && !isTooLate,
      });
    });
    return true;
  }

  /** No measured request is left to give. */
  get #isLast(): boolean {
    const { requests } = this.#input.stop;
    return this.#isMeasuring && requests !== undefined && this.#arrivals + this.#promised >= requests;
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
    this.#wakeUp.cancel();
    this.#drafts.close();
    this.sendingEndAtMs ??= atMs;
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
