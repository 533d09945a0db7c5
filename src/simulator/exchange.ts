import type { Ending } from './answer-events.ts';
import type { TokenKind } from './answer-tokens.ts';
import type { Place } from './capacity.ts';
import type { Arrival } from './connection.ts';
import { monotonicMs } from './monotonic.ts';
import type { Scheduler, Task } from './scheduler.ts';
import { bodyEnd, type Write, type Writes } from './stream-writes.ts';
import type { TruthRecord } from './truth.ts';

/** How one request is to be answered. */
export interface Reply {
  /** 0 if nothing is written. */
  readonly status: number;
  readonly fault: string | null;
  readonly writes: Writes;
}

export interface RequestFacts {
  readonly model: string;
  readonly inputTokens: number;
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

interface Draft extends Mutable<TruthRecord> {
  readonly writes: number[];
  readonly writeDueAtMs: number[];
  readonly writeKinds: TokenKind[];
  readonly writeTokens: number[];
}

/** One request being answered: carries out its writes on time and keeps their truth. */
export class Exchange {
  /** The request's place in service or in the queue, once it has one. */
  place: Place | undefined;
  /** Who is answered. */
  arrival: Arrival;
  readonly #scheduler: Scheduler;
  readonly #onEnd: (exchange: Exchange, record: TruthRecord) => void;
  readonly #draft: Draft;
  #baseAtMs: number;
  /** Nothing is written before. */
  #leastAtMs = 0;
  #onStart: (() => void) | undefined;
  #task: Task | undefined;
  #writes: Writes | undefined;
  #plannedFault: string | null = null;
  #hasEnded = false;

  constructor(
    { n, arrival }: { readonly n: number; readonly arrival: Arrival },
    scheduler: Scheduler,
    onEnd: (exchange: Exchange, record: TruthRecord) => void,
  ) {
    this.arrival = arrival;
    this.#scheduler = scheduler;
    this.#onEnd = onEnd;
    this.#draft = createDraft(n, arrival);
    this.#baseAtMs = arrival.receivedAtMs;
    arrival.connection.onGone = () => this.#end('client-gone', null);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  setFacts({ model, inputTokens }: RequestFacts): void {
    this.#draft.model = model;
    this.#draft.inputTokens = inputTokens;
  }

  /** Marks the start of service: due times count from here, from the arrival itself if there was no wait. */
  startService(hasWaited: boolean): void {
    if (hasWaited) this.#baseAtMs = monotonicMs();
    this.#draft.startedAtMs = this.#baseAtMs;
    this.#onStart?.();
  }

  /** At once if service has started already. */
  onceStarted(act: () => void): void {
    if (this.#draft.startedAtMs === null) this.#onStart = act;
    else act();
  }

  /** When something is due; Infinity before the start of service. */
  dueAtMs(dueMs: number): number {
    return this.#draft.startedAtMs === null ? Number.POSITIVE_INFINITY : this.#baseAtMs + dueMs;
  }

  /** The request has been answered otherwise, and the tokens go to another one. */
  moveTo(arrival: Arrival): void {
    this.arrival = arrival;
    this.#leastAtMs = arrival.receivedAtMs;
    arrival.connection.onGone = () => this.#end('client-gone', null);
  }

  answer(reply: Reply): void {
    this.#plannedFault = reply.fault;
    this.#draft.status = reply.status;
    this.#writes = reply.writes;
    this.#prepareNext();
  }

  /** The simulator closes while this request is open. */
  abandon(): void {
    this.#end('fault', this.#plannedFault ?? 'shutdown');
  }

  /** Builds the next write's bytes now, long before they are due. */
  #prepareNext(): void {
    const next = this.#writes?.next();
    if (next === undefined) return;
    const dueAtMs = Math.max(this.#leastAtMs, this.#baseAtMs + next.value.dueMs);
    if (next.done === true) {
      const ending = next.value;
      // Nothing is left to write: a client that leaves now has been answered, or stalled, already.
      if (ending.how === 'end' || ending.how === 'hang') this.#carryOut(ending);
      else this.#task = this.#scheduler.at(dueAtMs, () => this.#carryOut(ending));
    } else {
      const write = next.value;
      this.#task = this.#scheduler.at(dueAtMs, () => this.#perform(write, dueAtMs));
    }
  }

  #perform(write: Write, dueAtMs: number): void {
    const draft = this.#draft;
    const nowMs = monotonicMs();
    this.arrival.connection.write(write.bytes);
    draft.headersAtMs ??= nowMs;
    draft.lateMs = Math.max(draft.lateMs, nowMs - dueAtMs);
    if (write.kind !== undefined) {
      draft.writes.push(nowMs);
      draft.writeDueAtMs.push(dueAtMs);
      draft.writeKinds.push(write.kind);
      draft.writeTokens.push(write.tokens);
      draft.outputTokens += write.tokens;
      draft.reasoningTokens += write.reasoningTokens;
    }
    this.#prepareNext();
  }

  #carryOut(ending: Ending): void {
    const { connection, request } = this.arrival;
    if (ending.how === 'hang') {
      // The fault is done now, however long the client waits.
      connection.onGone = () => this.#end('fault', this.#plannedFault);
      return;
    }
    if (ending.how === 'late-end') connection.write(bodyEnd(!request.isHttp10));
    this.#end(this.#plannedFault === null ? 'sent' : 'fault', this.#plannedFault);
    if (ending.how === 'reset') connection.reset();
    else if (ending.how === 'close') connection.close();
    else connection.finish();
  }

  #end(outcome: TruthRecord['outcome'], fault: string | null): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (this.#task !== undefined) this.#task.isCancelled = true;
    this.#draft.endedAtMs = monotonicMs();
    this.#draft.outcome = outcome;
    this.#draft.fault = fault;
    if (this.#draft.headersAtMs === null) this.#draft.status = 0;
    this.place?.leave();
    this.#onEnd(this, Object.freeze(this.#draft));
  }
}

function createDraft(n: number, { connection, requestOnConnection, receivedAtMs }: Arrival): Draft {
  return {
    n,
    connection: connection.number,
    requestOnConnection,
    model: '',
    receivedAtMs,
    startedAtMs: null,
    headersAtMs: null,
    writes: [],
    writeDueAtMs: [],
    writeKinds: [],
    writeTokens: [],
    endedAtMs: receivedAtMs,
    status: 0,
    fault: null,
    inputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    outcome: 'sent',
    lateMs: 0,
  };
}
