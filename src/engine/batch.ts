import {
  type Connection,
  type Instants,
  type Outcome,
  type RequestRecord,
  TOKEN_EVENT_KINDS,
  type TokenEvent,
} from '../model/record.ts';
import type { FinishReason } from '../model/stream-part.ts';
import type { JsonValue } from '../model/units.ts';
import type { Usage } from '../model/usage.ts';
import type { Asked } from '../model/workload.ts';
import { EVENT_WIDTH, readEvent } from './event-log.ts';

/**
 * Records on their way between threads. Numbers travel in typed arrays, which are handed over instead of copied, words once for all
 * records; only what few records have is copied as it is. `NaN` stands for undefined: no measured number is ever `NaN`.
 */
export interface PackedRecords {
  readonly count: number;
  /** One row a record, see `ROW`; there may be room behind the last. */
  readonly rows: Float64Array<ArrayBuffer>;
  /** One row an event, see `EVENT_WIDTH`; there may be room behind the last. */
  readonly events: Float64Array<ArrayBuffer>;
  /** Named in the rows by their place. Usage as the provider sent it is a word too, as JSON. */
  readonly words: readonly string[];
  /** By the place of the record. */
  readonly extras: readonly (readonly [place: number, extra: Extra])[];
}

/** What most records do not have, or not otherwise: `completed` needs no outcome here. */
interface Extra extends Pick<RequestRecord, 'text' | 'counted' | 'serverTimings'> {
  readonly outcome: Outcome | undefined;
}

const INSTANT_FIELDS = [
  'scheduledAtMs',
  'startedAtMs',
  'socketAtMs',
  'sentAtMs',
  'headersAtMs',
  'firstChunkAtMs',
  'firstTokenAtMs',
  'firstOutputAtMs',
  'lastTokenAtMs',
  'toolNameAtMs',
  'toolArgumentsAtMs',
  'endedAtMs',
] as const satisfies readonly (keyof Instants)[];

const USAGE_FIELDS = [
  'inputTokens',
  'cachedInputTokens',
  'cacheWriteInputTokens',
  'longCacheWriteInputTokens',
  'outputTokens',
  'reasoningTokens',
] as const satisfies readonly (keyof Usage)[];

const ASKED_FIELDS = [
  'inputTokens',
  'outputTokens',
  'contextTokens',
  'conversation',
  'turn',
  'turns',
] as const satisfies readonly (keyof Asked)[];

/** Where in its row each number of a record stands. */
const ROW = {
  instants: 0,
  usage: INSTANT_FIELDS.length,
  asked: INSTANT_FIELDS.length + USAGE_FIELDS.length,
  ...numbered(INSTANT_FIELDS.length + USAGE_FIELDS.length + ASKED_FIELDS.length, [
    'id',
    'targetIndex',
    'promptIndex',
    'attempt',
    'retryOf',
    'keepAlives',
    'phase',
    'promptName',
    'modelAnswered',
    'finishReason',
    'rawUsage',
    'isStreamed',
    'isReused',
    'dnsMs',
    'tcpMs',
    'tlsMs',
    'isAsked',
    'eventCount',
  ]),
};

const ROW_WIDTH = ROW.eventCount + 1;
const COMPLETED: Outcome = { kind: 'completed' };
const FIRST_ROWS = 64;
const FIRST_EVENTS = 1_024;

/**
 * Packs records as they come: a record that waited for its batch as an object would be copied by the garbage collector, in the midst
 * of measuring.
 */
export class RecordPacker {
  #count = 0;
  #eventCount = 0;
  #rows = new Float64Array(FIRST_ROWS * ROW_WIDTH);
  #events = new Float64Array(FIRST_EVENTS * EVENT_WIDTH);
  #words = new Map<string, number>();
  #extras: [number, Extra][] = [];

  add(record: RequestRecord): void {
    const at = this.#count * ROW_WIDTH;
    this.#rows = withRoom(this.#rows, at + ROW_WIDTH);
    const rows = this.#rows;
    INSTANT_FIELDS.forEach((field, place) => {
      rows[at + ROW.instants + place] = record.instants[field] ?? Number.NaN;
    });
    USAGE_FIELDS.forEach((field, place) => {
      rows[at + ROW.usage + place] = record.usage[field] ?? Number.NaN;
    });
    ASKED_FIELDS.forEach((field, place) => {
      rows[at + ROW.asked + place] = record.asked?.[field] ?? Number.NaN;
    });
    this.#addFacts(record, at);
    this.#addConnection(record.connection, at);
    this.#addEvents(record.events);
    this.#addExtra(record);
    this.#count++;
  }

  /** All that was added since the last time. */
  take(): PackedRecords {
    const packed = {
      count: this.#count,
      rows: this.#rows,
      events: this.#events,
      words: [...this.#words.keys()],
      extras: this.#extras,
    };
    // The next batch is likely to be as large.
    this.#rows = new Float64Array(Math.max(FIRST_ROWS, this.#count) * ROW_WIDTH);
    this.#events = new Float64Array(Math.max(FIRST_EVENTS, this.#eventCount) * EVENT_WIDTH);
    this.#count = 0;
    this.#eventCount = 0;
    this.#words = new Map();
    this.#extras = [];
    return packed;
  }

  #addFacts(record: RequestRecord, at: number): void {
    const rows = this.#rows;
    const { raw } = record.usage;
    rows[at + ROW.id] = record.id;
    rows[at + ROW.targetIndex] = record.targetIndex;
    rows[at + ROW.promptIndex] = record.promptIndex;
    rows[at + ROW.attempt] = record.attempt;
    rows[at + ROW.retryOf] = record.retryOf ?? Number.NaN;
    rows[at + ROW.keepAlives] = record.keepAlives;
    rows[at + ROW.isStreamed] = record.isStreamed ? 1 : 0;
    rows[at + ROW.isAsked] = record.asked === undefined ? 0 : 1;
    rows[at + ROW.eventCount] = record.events.length;
    rows[at + ROW.phase] = this.#word(record.phase);
    rows[at + ROW.promptName] = this.#word(record.promptName);
    rows[at + ROW.modelAnswered] = this.#word(record.modelAnswered);
    rows[at + ROW.finishReason] = this.#word(record.finishReason);
    rows[at + ROW.rawUsage] = this.#word(raw === undefined ? undefined : JSON.stringify(raw));
  }

  #addConnection({ isReused, dnsMs, tcpMs, tlsMs }: Connection, at: number): void {
    const rows = this.#rows;
    rows[at + ROW.isReused] = isReused === undefined ? Number.NaN : Number(isReused);
    rows[at + ROW.dnsMs] = dnsMs ?? Number.NaN;
    rows[at + ROW.tcpMs] = tcpMs ?? Number.NaN;
    rows[at + ROW.tlsMs] = tlsMs ?? Number.NaN;
  }

  #addEvents(events: readonly TokenEvent[]): void {
    let at = this.#eventCount * EVENT_WIDTH;
    this.#events = withRoom(this.#events, at + events.length * EVENT_WIDTH);
    for (const event of events) {
      this.#events[at++] = event.atMs;
      this.#events[at++] = TOKEN_EVENT_KINDS.indexOf(event.kind);
      this.#events[at++] = event.tokens ?? Number.NaN;
      this.#events[at++] = event.bytes;
      this.#events[at++] = event.isCoalesced ? 1 : 0;
    }
    this.#eventCount += events.length;
  }

  #addExtra({ outcome, text, counted, serverTimings }: RequestRecord): void {
    const isPlain = text === undefined && counted === undefined && serverTimings === undefined;
    if (isPlain && outcome.kind === 'completed') return;
    const told = outcome.kind === 'completed' ? undefined : outcome;
    this.#extras.push([this.#count, { outcome: told, text, counted, serverTimings }]);
  }

  #word(word: string | undefined): number {
    if (word === undefined) return Number.NaN;
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    this.#words.set(word, this.#words.size);
    return this.#words.size - 1;
  }
}

export function packRecords(records: readonly RequestRecord[]): PackedRecords {
  const packer = new RecordPacker();
  for (const record of records) packer.add(record);
  return packer.take();
}

/** The buffers to hand over with a message. */
export function transferList(packed: PackedRecords): ArrayBuffer[] {
  return [packed.rows.buffer, packed.events.buffer];
}

export function unpackRecords(packed: PackedRecords): readonly RequestRecord[] {
  const extras = new Map(packed.extras);
  const raws = packed.words.map((): JsonValue | undefined => undefined);
  let eventsAt = 0;
  return Array.from({ length: packed.count }, (_, place) => {
    const row = packed.rows.subarray(place * ROW_WIDTH, (place + 1) * ROW_WIDTH);
    const { outcome = COMPLETED, text, counted, serverTimings } = extras.get(place) ?? NO_EXTRA;
    const word = (field: keyof typeof ROW): string | undefined => packed.words[row[ROW[field]] ?? Number.NaN];
    const eventCount = row[ROW.eventCount] ?? 0;
    const events = Array.from({ length: eventCount }, (__, index) =>
      readEvent(packed.events, (eventsAt + index) * EVENT_WIDTH),
    );
    eventsAt += eventCount;
    return {
      id: row[ROW.id] ?? 0,
      targetIndex: row[ROW.targetIndex] ?? 0,
      phase: word('phase') as RequestRecord['phase'],
      promptIndex: row[ROW.promptIndex] ?? 0,
      promptName: word('promptName'),
      attempt: row[ROW.attempt] ?? 1,
      retryOf: toDefined(row[ROW.retryOf]),
      instants: unpackInstants(row),
      connection: unpackConnection(row),
      events,
      isStreamed: row[ROW.isStreamed] === 1,
      usage: { ...unpackCounts(row), raw: unpackRaw(packed.words, raws, row[ROW.rawUsage]) },
      counted,
      serverTimings,
      finishReason: word('finishReason') as FinishReason | undefined,
      modelAnswered: word('modelAnswered'),
      keepAlives: row[ROW.keepAlives] ?? 0,
      asked: row[ROW.isAsked] === 1 ? unpackAsked(row) : undefined,
      outcome,
      text,
    };
  });
}

const NO_EXTRA: Extra = { outcome: undefined, text: undefined, counted: undefined, serverTimings: undefined };

/** Records with the same usage share it. */
function unpackRaw(
  words: readonly string[],
  raws: (JsonValue | undefined)[],
  place = Number.NaN,
): JsonValue | undefined {
  const json = words[place];
  if (json === undefined) return undefined;
  raws[place] ??= JSON.parse(json) as JsonValue;
  return raws[place];
}

function unpackAsked(row: Float64Array): Asked {
  const at = (field: (typeof ASKED_FIELDS)[number]): number | undefined =>
    toDefined(row[ROW.asked + ASKED_FIELDS.indexOf(field)]);
  return {
    inputTokens: at('inputTokens'),
    outputTokens: at('outputTokens'),
    contextTokens: at('contextTokens'),
    conversation: at('conversation'),
    turn: at('turn'),
    turns: at('turns'),
  };
}

function unpackConnection(row: Float64Array): Connection {
  const isReused = toDefined(row[ROW.isReused]);
  return {
    isReused: isReused === undefined ? undefined : isReused === 1,
    dnsMs: toDefined(row[ROW.dnsMs]),
    tcpMs: toDefined(row[ROW.tcpMs]),
    tlsMs: toDefined(row[ROW.tlsMs]),
  };
}

function unpackCounts(row: Float64Array): Omit<Usage, 'raw'> {
  const at = (field: (typeof USAGE_FIELDS)[number]): number | undefined =>
    toDefined(row[ROW.usage + USAGE_FIELDS.indexOf(field)]);
  return {
    inputTokens: at('inputTokens'),
    cachedInputTokens: at('cachedInputTokens'),
    cacheWriteInputTokens: at('cacheWriteInputTokens'),
    longCacheWriteInputTokens: at('longCacheWriteInputTokens'),
    outputTokens: at('outputTokens'),
    reasoningTokens: at('reasoningTokens'),
  };
}

function unpackInstants(row: Float64Array): Instants {
  const at = (field: (typeof INSTANT_FIELDS)[number]): number | undefined =>
    toDefined(row[ROW.instants + INSTANT_FIELDS.indexOf(field)]);
  return {
    scheduledAtMs: at('scheduledAtMs'),
    startedAtMs: at('startedAtMs') ?? 0,
    socketAtMs: at('socketAtMs'),
    sentAtMs: at('sentAtMs'),
    headersAtMs: at('headersAtMs'),
    firstChunkAtMs: at('firstChunkAtMs'),
    firstTokenAtMs: at('firstTokenAtMs'),
    firstOutputAtMs: at('firstOutputAtMs'),
    lastTokenAtMs: at('lastTokenAtMs'),
    toolNameAtMs: at('toolNameAtMs'),
    toolArgumentsAtMs: at('toolArgumentsAtMs'),
    endedAtMs: at('endedAtMs') ?? 0,
  };
}

function withRoom(numbers: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (length <= numbers.length) return numbers;
  const grown = new Float64Array(Math.max(length, numbers.length * 2));
  grown.set(numbers);
  return grown;
}

function numbered<Name extends string>(first: number, names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, place) => [name, first + place])) as Record<Name, number>;
}

function toDefined(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
