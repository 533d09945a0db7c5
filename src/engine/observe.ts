import type { Clock } from '../clock.ts';
import type { AnswerReader, Dialect, Frame } from '../dialects/dialect.ts';
import type { ExchangeListener, HttpClient, HttpRequest, PreparedRequest, TransportError } from '../model/exchange.ts';
import type { Timeouts } from '../model/plan.ts';
import type { CancelledBy, Connection, Failure, Outcome, RequestRecord } from '../model/record.ts';
import type { Sanitizer } from '../model/sanitizer.ts';
import type { Target } from '../model/target.ts';
import type { Milliseconds } from '../model/units.ts';
import { AnswerTally } from './answer-tally.ts';
import { type Deadline, nextDeadline, watchDeadlines } from './deadlines.ts';

/** Who a record is about: known before the request starts. */
export type RecordIdentity = Pick<
  RequestRecord,
  'id' | 'targetIndex' | 'phase' | 'promptIndex' | 'promptName' | 'asked' | 'attempt' | 'retryOf'
> & { readonly scheduledAtMs: Milliseconds | undefined };

/** `uncounted`: only of an answer that came without its token counts, for a tokenizer to count after the run. */
export type TextRule = 'always' | 'uncounted';

export interface ObserveInput {
  readonly identity: RecordIdentity;
  readonly request: PreparedRequest;
  /** What to send once the first answer is whole, as a dialect's `follow`; undefined: the first answer is the answer. */
  readonly follow: ((answer: string) => HttpRequest | undefined) | undefined;
  readonly target: Target;
  readonly dialect: Dialect;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  /** Whether a stream was asked for. */
  readonly isStreamed: boolean;
  readonly sanitizer: Sanitizer;
  readonly promptText: string;
  /** When the texts of prompt and answer stay in the record. */
  readonly keepsText: TextRule;
  /** More token-bearing events than this end it: the server does not keep to its limit, and every token costs. Undefined: no limit. */
  readonly maxTokenEvents: number | undefined;
}

/** A request under way. */
export interface Observation {
  /** Ends it now; its record says so. */
  cancel(by: CancelledBy): void;
}

/** More of an error page than anybody reads. */
const MAX_REFUSAL_BYTES = 65_536;

/**
 * Sends ONE request and closes ONE record about it: the only measuring loop there is. `onRecord` is called exactly once, never
 * within this call. Where the answer only names the address of the stream, that is fetched too, within the same record: its clock
 * starts with the first request.
 */
export function observe(input: ObserveInput, onRecord: (record: RequestRecord) => void): Observation {
  const exchange = new ObservedExchange(input, onRecord);
  exchange.start();
  return exchange;
}

class ObservedExchange implements ExchangeListener, Observation {
  readonly #input: ObserveInput;
  readonly #onRecord: (record: RequestRecord) => void;
  readonly #tally: AnswerTally;
  readonly #reader: AnswerReader;
  readonly #refusal: Uint8Array[] = [];
  /** Body of an answer that leads to another; undefined when what comes is the answer itself. */
  #lead: Uint8Array[] | undefined;
  #refusalBytes = 0;
  #startedAtMs: Milliseconds = 0;
  #connectingSinceMs: Milliseconds = 0;
  #isConnected = false;
  #hasHeaders = false;
  /** Of any of its exchanges. */
  #hasAnswered = false;
  #socketAtMs: Milliseconds | undefined;
  #sentAtMs: Milliseconds | undefined;
  #headersAtMs: Milliseconds | undefined;
  #readAtMs: Milliseconds = 0;
  #connection: Connection = { isReused: undefined, dnsMs: undefined, tcpMs: undefined, tlsMs: undefined };
  #status: number | undefined;
  #headers: ReadonlyMap<string, string> = new Map();
  #abort: () => void = () => undefined;
  #watch: ReturnType<typeof watchDeadlines> | undefined;
  #isClosed = false;

  constructor(input: ObserveInput, onRecord: (record: RequestRecord) => void) {
    this.#input = input;
    this.#onRecord = onRecord;
    this.#tally = new AnswerTally();
    this.#lead = input.follow === undefined ? undefined : [];
    this.#reader = input.dialect.openAnswer(input.isStreamed, (frame) => this.#onFrame(frame), input.target);
    this.#reader.lendTexts?.((text) => {
      this.#tally.addText(text, this.#readAtMs);
      this.#limitEvents();
    });
  }

  start(): void {
    const { clock, http, request, timeouts } = this.#input;
    this.#startedAtMs = clock.nowMs();
    this.#connectingSinceMs = this.#startedAtMs;
    this.#abort = http.send(request, this);
    if (this.#isClosed) return;
    this.#watch = watchDeadlines(
      clock,
      () =>
        nextDeadline(timeouts, {
          startedAtMs: this.#startedAtMs,
          connectingSinceMs: this.#connectingSinceMs,
          isConnected: this.#isConnected,
          hasHeaders: this.#hasHeaders,
          hasToken: this.#tally.firstTokenAtMs !== undefined,
          lastReadAtMs: this.#readAtMs,
          doneAtMs: this.#tally.doneAtMs,
        }),
      (kind, atMs) => this.#onDeadline(kind, atMs),
    );
  }

  cancel(by: CancelledBy): void {
    this.#close({ kind: 'cancelled', by }, this.#input.clock.nowMs());
  }

  onSocket(atMs: Milliseconds, connection: Connection): void {
    this.#isConnected = true;
    // Before an answer it stands for one that the server had just ended; after one it serves the rest of the exchange.
    if (this.#socketAtMs !== undefined && this.#hasAnswered) return;
    this.#socketAtMs = atMs;
    this.#connection = connection;
  }

  onSent(atMs: Milliseconds): void {
    if (!this.#hasAnswered) this.#sentAtMs = atMs;
  }

  onHeaders(atMs: Milliseconds, status: number, headers: ReadonlyMap<string, string>): void {
    this.#hasHeaders = true;
    this.#hasAnswered = true;
    this.#headersAtMs = atMs;
    this.#readAtMs = atMs;
    this.#status = status;
    this.#headers = headers;
    // The stream came at once: kept back, its tokens would all have the time of its end.
    if (headers.get('content-type')?.startsWith('text/event-stream')) this.#lead = undefined;
    const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
    // Idle counts from the headers on, and may come before the limit that the timer was set to.
    if (encoding === 'identity') this.#watch?.refresh();
    // The status says enough, whatever the body would.
    else if (this.#isRefused) this.#closeRefused(atMs);
    else {
      const message = `the answer is ${encoding}-compressed, although accept-encoding was identity`;
      this.#fail({ kind: 'malformed', message, code: undefined }, atMs);
    }
  }

  onData(atMs: Milliseconds, bytes: Uint8Array): void {
    this.#readAtMs = atMs;
    if (this.#isRefused) this.#keepRefusal(bytes);
    else if (this.#lead === undefined) this.#reader.push(bytes);
    else this.#lead.push(new Uint8Array(bytes));
  }

  onEnd(atMs: Milliseconds): void {
    this.#readAtMs = atMs;
    if (this.#isRefused) this.#closeRefused(atMs);
    else if (this.#lead === undefined) this.#closeRead(true);
    else this.#follow(Buffer.concat(this.#lead));
  }

  onError(atMs: Milliseconds, error: TransportError): void {
    this.#readAtMs = atMs;
    if (this.#isRefused) this.#closeRefused(atMs);
    else if (this.#tally.doneAtMs !== undefined || (error.kind === 'closed' && this.#hasHeaders))
      this.#closeRead(false);
    else
      this.#fail(
        { kind: error.kind === 'closed' ? 'truncated' : error.kind, message: error.message, code: error.code },
        atMs,
      );
  }

  get #isRefused(): boolean {
    return this.#status !== undefined && (this.#status < 200 || this.#status > 299);
  }

  /** Turns from an answer that only names the stream's address to the stream. */
  #follow(lead: Buffer): void {
    const { clock, http, follow } = this.#input;
    this.#lead = undefined;
    const next = follow?.(lead.toString('utf8'));
    if (next === undefined) {
      this.#reader.push(lead);
      this.#closeRead(true);
      return;
    }
    this.#status = undefined;
    this.#isConnected = false;
    this.#hasHeaders = false;
    this.#connectingSinceMs = clock.nowMs();
    this.#abort = http.send(http.prepare(next), this);
    // The limit for connecting may be nearer than the one that the timer was set to.
    if (!this.#isClosed) this.#watch?.refresh();
  }

  #closeRead(isWhole: boolean): void {
    this.#reader.end(isWhole);
    this.#close(this.#outcomeAtEnd(), this.#tally.doneAtMs ?? this.#readAtMs);
  }

  #keepRefusal(bytes: Uint8Array): void {
    if (this.#refusalBytes >= MAX_REFUSAL_BYTES) return;
    this.#refusal.push(new Uint8Array(bytes));
    this.#refusalBytes += bytes.length;
  }

  #closeRefused(atMs: Milliseconds): void {
    const failure = this.#input.dialect.failureOf(
      {
        status: this.#status ?? 0,
        headers: this.#headers,
        body: Buffer.concat(this.#refusal).toString('utf8'),
        nowEpochMs: this.#input.clock.epochMs(),
      },
      this.#input.sanitizer,
    );
    this.#close({ kind: 'failed', failure }, atMs);
  }

  #onFrame(frame: Frame): void {
    const hadDone = this.#tally.doneAtMs !== undefined;
    this.#tally.add(frame, this.#readAtMs, this.#reader.isStreamed);
    this.#limitEvents();
    // The linger after the marker is nearer than any other deadline.
    if (!hadDone && this.#tally.doneAtMs !== undefined) this.#watch?.refresh();
  }

  #limitEvents(): void {
    const { maxTokenEvents } = this.#input;
    if (maxTokenEvents !== undefined && this.#tally.log.length > maxTokenEvents) this.cancel('plan');
  }

  #onDeadline(kind: Deadline['kind'], atMs: Milliseconds): void {
    if (kind === 'linger') this.#close(this.#outcomeAtEnd(), this.#tally.doneAtMs ?? atMs);
    else if (this.#isRefused) this.#closeRefused(this.#input.clock.nowMs());
    else this.#fail({ kind, message: TIMEOUT_MESSAGES[kind], code: undefined }, this.#input.clock.nowMs());
  }

  #outcomeAtEnd(): Outcome {
    const trouble = this.#tally.trouble();
    return trouble === undefined ? { kind: 'completed' } : { kind: 'failed', failure: this.#failure(trouble) };
  }

  #fail(trouble: Pick<Failure, 'kind' | 'message' | 'code'>, atMs: Milliseconds): void {
    this.#close({ kind: 'failed', failure: this.#failure(trouble) }, atMs);
  }

  #failure(trouble: Pick<Failure, 'kind' | 'message' | 'code'>): Failure {
    const { sanitizer } = this.#input;
    return {
      kind: trouble.kind,
      message: sanitizer.line(trouble.message),
      status: this.#status,
      code: trouble.code === undefined ? undefined : sanitizer.line(trouble.code),
      retryAfterMs: undefined,
      excerpt: undefined,
    };
  }

  #close(outcome: Outcome, endedAtMs: Milliseconds): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch?.stop();
    this.#abort();
    const record = this.#record(outcome, endedAtMs);
    // A record must not come before observe() has returned, and no reader may run inside another's callback.
    this.#input.clock.soon(() => this.#onRecord(record));
  }

  #record(outcome: Outcome, endedAtMs: Milliseconds): RequestRecord {
    const { scheduledAtMs, ...identity } = this.#input.identity;
    const { sanitizer } = this.#input;
    const tally = this.#tally;
    return {
      ...identity,
      instants: {
        scheduledAtMs,
        startedAtMs: this.#startedAtMs,
        socketAtMs: this.#socketAtMs,
        sentAtMs: this.#sentAtMs,
        headersAtMs: this.#headersAtMs,
        ...tally.instants(),
        endedAtMs,
      },
      connection: this.#connection,
      events: tally.events(),
      isStreamed: this.#reader.isStreamed,
      usage: tally.usage,
      counted: undefined,
      serverTimings: tally.serverTimings,
      finishReason: tally.finishReason,
      // Shown in reports: a server's own words, like its messages.
      modelAnswered: tally.model === undefined ? undefined : sanitizer.line(tally.model),
      keepAlives: tally.keepAlives,
      outcome,
      text: this.#keepsText(outcome)
        ? { prompt: this.#input.promptText, reasoning: tally.reasoningText(), answer: tally.answerText() }
        : undefined,
    };
  }

  /** Of an answer that broke off before anything came there is nothing to count. */
  #keepsText(outcome: Outcome): boolean {
    if (this.#input.keepsText === 'always') return true;
    return this.#tally.lacksCounts() && (outcome.kind === 'completed' || this.#tally.hasOutput);
  }
}

const TIMEOUT_MESSAGES: Readonly<Record<Exclude<Deadline['kind'], 'linger'>, string>> = {
  'timeout-connect': 'no connection within --connect-timeout',
  'timeout-first-token': 'no token within --first-token-timeout',
  'timeout-idle': 'nothing was received for --idle-timeout',
  'timeout-total': 'not finished within --timeout',
};
