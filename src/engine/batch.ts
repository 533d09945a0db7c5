import { type RequestRecord, TOKEN_EVENT_KINDS, type TokenEvent } from '../model/record.ts';

/**
 * Records on their way between threads. Numbers travel in typed arrays, which are handed over instead of copied; what is left
 * (names, outcomes, raw usage) is copied by the platform. `NaN` stands for undefined: no measured number is ever `NaN`.
 */
export interface PackedRecords {
  readonly count: number;
  /** One row of `INSTANT_FIELDS` a record. */
  readonly instants: Float64Array<ArrayBuffer>;
  /** How many events each record has. */
  readonly eventCounts: Uint32Array<ArrayBuffer>;
  /** One row of time, kind, tokens, bytes and coalesced an event. */
  readonly events: Float64Array<ArrayBuffer>;
  readonly rest: readonly RecordRest[];
}

type RecordRest = Omit<RequestRecord, 'instants' | 'events'>;

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
] as const satisfies readonly (keyof RequestRecord['instants'])[];

const EVENT_WIDTH = 5;

export function packRecords(records: readonly RequestRecord[]): PackedRecords {
  const instants = new Float64Array(records.length * INSTANT_FIELDS.length);
  const eventCounts = new Uint32Array(records.length);
  const events = new Float64Array(EVENT_WIDTH * records.reduce((sum, record) => sum + record.events.length, 0));
  let instantOffset = 0;
  let eventOffset = 0;
  records.forEach((record, place) => {
    for (const field of INSTANT_FIELDS) instants[instantOffset++] = record.instants[field] ?? Number.NaN;
    eventCounts[place] = record.events.length;
    for (const event of record.events) {
      events[eventOffset++] = event.atMs;
      events[eventOffset++] = TOKEN_EVENT_KINDS.indexOf(event.kind);
      events[eventOffset++] = event.tokens ?? Number.NaN;
      events[eventOffset++] = event.bytes;
      events[eventOffset++] = event.isCoalesced ? 1 : 0;
    }
  });
  const rest = records.map(({ instants: _instants, events: _events, ...others }) => others);
  return { count: records.length, instants, eventCounts, events, rest };
}

/** The buffers to hand over with a message. */
export function transferList(packed: PackedRecords): ArrayBuffer[] {
  return [packed.instants.buffer, packed.eventCounts.buffer, packed.events.buffer];
}

export function unpackRecords(packed: PackedRecords): readonly RequestRecord[] {
  let eventOffset = 0;
  return packed.rest.map((rest, place) => {
    const eventCount = packed.eventCounts[place] ?? 0;
    const events: TokenEvent[] = [];
    for (let index = 0; index < eventCount; index++, eventOffset += EVENT_WIDTH) {
      events.push(unpackEvent(packed.events.subarray(eventOffset, eventOffset + EVENT_WIDTH)));
    }
    return { ...rest, instants: unpackInstants(packed.instants, place), events };
  });
}

function unpackEvent([atMs = 0, kind = 0, tokens = Number.NaN, bytes = 0, isCoalesced = 0]: Float64Array): TokenEvent {
  return {
    atMs,
    kind: TOKEN_EVENT_KINDS[kind] ?? 'content',
    tokens: toDefined(tokens),
    bytes,
    isCoalesced: isCoalesced === 1,
  };
}

function unpackInstants(values: Float64Array, place: number): RequestRecord['instants'] {
  const at = (field: (typeof INSTANT_FIELDS)[number]): number | undefined =>
    toDefined(values[place * INSTANT_FIELDS.length + INSTANT_FIELDS.indexOf(field)]);
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

function toDefined(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value;
}
