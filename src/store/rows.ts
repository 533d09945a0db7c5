/** Record ↔ rows of `requests` and `token_events`, once for all databases. */
import {
  FAILURE_KINDS,
  type FailureKind,
  type Outcome,
  type RecordText,
  type RequestRecord,
  TOKEN_EVENT_KINDS,
  type TokenEvent,
  type TokenEventKind,
} from '../model/record.ts';
import type { ServerTimings } from '../model/server-timings.ts';
import type { FinishReason } from '../model/stream-part.ts';
import type { JsonValue } from '../model/units.ts';
import type { CountedTokens } from '../model/usage.ts';
import type { Asked } from '../model/workload.ts';
import {
  boolean,
  booleanIfAny,
  type Cell,
  number,
  numberIfAny,
  parseJsonCell,
  type Row,
  text,
  textIfAny,
  toCell,
  toTextCell,
  UnreadableRow,
  word,
  wordIfAny,
} from './cells.ts';

/** Token counts are doubles: they come from the provider, who may send anything that JSON calls a number. */
export const REQUEST_COLUMNS = {
  run_id: 'text',
  request_id: 'integer',
  target_index: 'integer',
  phase: 'text',
  prompt_index: 'integer',
  prompt_name: 'text',
  attempt: 'integer',
  retry_of_request_id: 'integer',
  scheduled_at_ms: 'double',
  started_at_ms: 'double',
  socket_at_ms: 'double',
  sent_at_ms: 'double',
  headers_at_ms: 'double',
  first_chunk_at_ms: 'double',
  first_token_at_ms: 'double',
  first_output_at_ms: 'double',
  last_token_at_ms: 'double',
  tool_name_at_ms: 'double',
  tool_arguments_at_ms: 'double',
  ended_at_ms: 'double',
  is_connection_reused: 'boolean',
  dns_ms: 'double',
  tcp_ms: 'double',
  tls_ms: 'double',
  is_streamed: 'boolean',
  token_event_count: 'integer',
  keep_alive_count: 'integer',
  input_tokens: 'double',
  cached_input_tokens: 'double',
  output_tokens: 'double',
  reasoning_tokens: 'double',
  usage_json: 'text',
  finish_reason: 'text',
  model_answered: 'text',
  outcome: 'text',
  failure_kind: 'text',
  failure_message: 'text',
  failure_http_status: 'integer',
  failure_code: 'text',
  failure_retry_after_ms: 'double',
  failure_excerpt: 'text',
  cancelled_by: 'text',
  prompt_text: 'text',
  answer_text: 'text',
  cache_write_input_tokens: 'double',
  long_cache_write_input_tokens: 'double',
  counted_input_tokens: 'double',
  counted_output_tokens: 'double',
  counted_by: 'text',
  is_count_approximate: 'boolean',
  server_timings_json: 'text',
  reasoning_text: 'text',
  asked_input_tokens: 'integer',
  asked_output_tokens: 'integer',
  asked_context_tokens: 'integer',
  conversation: 'integer',
  turn: 'integer',
  turns: 'integer',
} as const;

/** `event_index` counts from 0 within a request, in order of arrival. */
export const TOKEN_EVENT_COLUMNS = {
  run_id: 'text',
  request_id: 'integer',
  event_index: 'integer',
  at_ms: 'double',
  kind: 'text',
  tokens: 'double',
  bytes: 'integer',
  is_coalesced: 'boolean',
} as const;

export type RequestRow = { readonly [column in keyof typeof REQUEST_COLUMNS]: Cell };
export type TokenEventRow = { readonly [column in keyof typeof TOKEN_EVENT_COLUMNS]: Cell };

export function toRequestRow(runId: string, record: RequestRecord): RequestRow {
  return {
    run_id: runId,
    request_id: record.id,
    target_index: record.targetIndex,
    phase: record.phase,
    prompt_index: record.promptIndex,
    prompt_name: toTextCell(record.promptName),
    attempt: record.attempt,
    retry_of_request_id: toCell(record.retryOf),
    ...toInstantCells(record.instants),
    is_connection_reused: toCell(record.connection.isReused),
    dns_ms: toCell(record.connection.dnsMs),
    tcp_ms: toCell(record.connection.tcpMs),
    tls_ms: toCell(record.connection.tlsMs),
    is_streamed: record.isStreamed,
    token_event_count: record.events.length,
    keep_alive_count: record.keepAlives,
    input_tokens: toCell(record.usage.inputTokens),
    cached_input_tokens: toCell(record.usage.cachedInputTokens),
    output_tokens: toCell(record.usage.outputTokens),
    reasoning_tokens: toCell(record.usage.reasoningTokens),
    // JSON writes lone surrogates and NUL as escapes, so that this text is kept whole.
    usage_json: record.usage.raw === undefined ? null : JSON.stringify(record.usage.raw),
    finish_reason: toCell(record.finishReason),
    model_answered: toTextCell(record.modelAnswered),
    ...toOutcomeCells(record.outcome),
    prompt_text: toTextCell(record.text?.prompt),
    answer_text: toTextCell(record.text?.answer),
    cache_write_input_tokens: toCell(record.usage.cacheWriteInputTokens),
    long_cache_write_input_tokens: toCell(record.usage.longCacheWriteInputTokens),
    ...toCountCells(record.counted),
    server_timings_json: record.serverTimings === undefined ? null : JSON.stringify(record.serverTimings),
    reasoning_text: toTextCell(record.text?.reasoning),
    asked_input_tokens: toCell(record.asked?.inputTokens),
    asked_output_tokens: toCell(record.asked?.outputTokens),
    asked_context_tokens: toCell(record.asked?.contextTokens),
    conversation: toCell(record.asked?.conversation),
    turn: toCell(record.asked?.turn),
    turns: toCell(record.asked?.turns),
  };
}

/** The cells of what a tokenizer counted, which comes after the rest of a row. */
export function toCountCells(counted: CountedTokens | undefined): Pick<RequestRow, CountColumn> {
  return {
    counted_input_tokens: toCell(counted?.inputTokens),
    counted_output_tokens: toCell(counted?.outputTokens),
    counted_by: toTextCell(counted?.tokenizer),
    is_count_approximate: toCell(counted?.isApproximate),
  };
}

export type CountColumn = 'is_count_approximate' | Extract<keyof RequestRow, `counted_${string}`>;

/** Rows of one record's events, in their order. */
export function toTokenEventRows(runId: string, record: RequestRecord): readonly TokenEventRow[] {
  return record.events.map((event, index) => ({
    run_id: runId,
    request_id: record.id,
    event_index: index,
    at_ms: event.atMs,
    kind: event.kind,
    tokens: toCell(event.tokens),
    bytes: event.bytes,
    is_coalesced: event.isCoalesced,
  }));
}

/** The record of a row, with its events in their order. Throws `UnreadableRow`. */
export function fromRequestRow(row: Row, events: readonly TokenEvent[]): RequestRecord {
  return {
    id: number(row, 'request_id'),
    targetIndex: number(row, 'target_index'),
    phase: word(row, 'phase', PHASES),
    promptIndex: number(row, 'prompt_index'),
    promptName: textIfAny(row, 'prompt_name'),
    asked: fromAskedCells(row),
    attempt: number(row, 'attempt'),
    retryOf: numberIfAny(row, 'retry_of_request_id'),
    instants: fromInstantCells(row),
    connection: {
      isReused: booleanIfAny(row, 'is_connection_reused'),
      dnsMs: numberIfAny(row, 'dns_ms'),
      tcpMs: numberIfAny(row, 'tcp_ms'),
      tlsMs: numberIfAny(row, 'tls_ms'),
    },
    events,
    isStreamed: boolean(row, 'is_streamed'),
    usage: {
      inputTokens: numberIfAny(row, 'input_tokens'),
      cachedInputTokens: numberIfAny(row, 'cached_input_tokens'),
      cacheWriteInputTokens: numberIfAny(row, 'cache_write_input_tokens'),
      longCacheWriteInputTokens: numberIfAny(row, 'long_cache_write_input_tokens'),
      outputTokens: numberIfAny(row, 'output_tokens'),
      reasoningTokens: numberIfAny(row, 'reasoning_tokens'),
      raw: fromUsageCell(textIfAny(row, 'usage_json')),
    },
    counted: fromCountCells(row),
    serverTimings: fromTimingsCell(textIfAny(row, 'server_timings_json')),
    finishReason: wordIfAny(row, 'finish_reason', FINISH_REASONS),
    modelAnswered: textIfAny(row, 'model_answered'),
    keepAlives: number(row, 'keep_alive_count'),
    outcome: fromOutcomeCells(row),
    text: fromTextCells(row),
  };
}

/** Throws `UnreadableRow`. */
export function fromTokenEventRow(row: Row): TokenEvent {
  return {
    atMs: number(row, 'at_ms'),
    kind: word(row, 'kind', EVENT_KINDS),
    tokens: numberIfAny(row, 'tokens'),
    bytes: number(row, 'bytes'),
    isCoalesced: boolean(row, 'is_coalesced'),
  };
}

// Tables, so that the compiler misses a word that is new in the model.
const PHASES: Readonly<Record<RequestRecord['phase'], true>> = { warmup: true, measure: true, cooldown: true };
const OUTCOMES: Readonly<Record<Outcome['kind'], true>> = { completed: true, failed: true, cancelled: true };
const CANCELLERS: Readonly<Record<Extract<Outcome, { kind: 'cancelled' }>['by'], true>> = {
  plan: true,
  user: true,
  end: true,
};
const FINISH_REASONS: Readonly<Record<FinishReason, true>> = {
  stop: true,
  length: true,
  tool_calls: true,
  content_filter: true,
  error: true,
  other: true,
};
const KINDS_OF_FAILURE = toTable<FailureKind>(FAILURE_KINDS);
const EVENT_KINDS = toTable<TokenEventKind>(TOKEN_EVENT_KINDS);

function toTable<K extends string>(words: readonly K[]): Readonly<Record<K, true>> {
  // `fromEntries` widens its keys to string; they are exactly `words`.
  return Object.fromEntries(words.map((each) => [each, true])) as Record<K, true>;
}

function toInstantCells(instants: RequestRecord['instants']): Pick<RequestRow, InstantColumn> {
  return {
    scheduled_at_ms: toCell(instants.scheduledAtMs),
    started_at_ms: instants.startedAtMs,
    socket_at_ms: toCell(instants.socketAtMs),
    sent_at_ms: toCell(instants.sentAtMs),
    headers_at_ms: toCell(instants.headersAtMs),
    first_chunk_at_ms: toCell(instants.firstChunkAtMs),
    first_token_at_ms: toCell(instants.firstTokenAtMs),
    first_output_at_ms: toCell(instants.firstOutputAtMs),
    last_token_at_ms: toCell(instants.lastTokenAtMs),
    tool_name_at_ms: toCell(instants.toolNameAtMs),
    tool_arguments_at_ms: toCell(instants.toolArgumentsAtMs),
    ended_at_ms: instants.endedAtMs,
  };
}

type InstantColumn = Extract<keyof RequestRow, `${string}_at_ms`>;

function fromInstantCells(row: Row): RequestRecord['instants'] {
  return {
    scheduledAtMs: numberIfAny(row, 'scheduled_at_ms'),
    startedAtMs: number(row, 'started_at_ms'),
    socketAtMs: numberIfAny(row, 'socket_at_ms'),
    sentAtMs: numberIfAny(row, 'sent_at_ms'),
    headersAtMs: numberIfAny(row, 'headers_at_ms'),
    firstChunkAtMs: numberIfAny(row, 'first_chunk_at_ms'),
    firstTokenAtMs: numberIfAny(row, 'first_token_at_ms'),
    firstOutputAtMs: numberIfAny(row, 'first_output_at_ms'),
    lastTokenAtMs: numberIfAny(row, 'last_token_at_ms'),
    toolNameAtMs: numberIfAny(row, 'tool_name_at_ms'),
    toolArgumentsAtMs: numberIfAny(row, 'tool_arguments_at_ms'),
    endedAtMs: number(row, 'ended_at_ms'),
  };
}

type OutcomeColumn = 'outcome' | 'cancelled_by' | Extract<keyof RequestRow, `failure_${string}`>;

function toOutcomeCells(outcome: Outcome): Pick<RequestRow, OutcomeColumn> {
  const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
  return {
    outcome: outcome.kind,
    failure_kind: toCell(failure?.kind),
    failure_message: toTextCell(failure?.message),
    failure_http_status: toCell(failure?.status),
    failure_code: toTextCell(failure?.code),
    failure_retry_after_ms: toCell(failure?.retryAfterMs),
    failure_excerpt: toTextCell(failure?.excerpt),
    cancelled_by: outcome.kind === 'cancelled' ? outcome.by : null,
  };
}

function fromOutcomeCells(row: Row): Outcome {
  const kind = word(row, 'outcome', OUTCOMES);
  if (kind === 'completed') return { kind };
  if (kind === 'cancelled') return { kind, by: word(row, 'cancelled_by', CANCELLERS) };
  return {
    kind,
    failure: {
      kind: word(row, 'failure_kind', KINDS_OF_FAILURE),
      message: text(row, 'failure_message'),
      status: numberIfAny(row, 'failure_http_status'),
      code: textIfAny(row, 'failure_code'),
      retryAfterMs: numberIfAny(row, 'failure_retry_after_ms'),
      excerpt: textIfAny(row, 'failure_excerpt'),
    },
  };
}

function fromUsageCell(json: string | undefined): JsonValue | undefined {
  // What parsed as JSON is a JSON value.
  return json === undefined ? undefined : (parseJsonCell(json, 'usage_json') as JsonValue);
}

function fromTextCells(row: Row): RecordText | undefined {
  const prompt = textIfAny(row, 'prompt_text');
  if (prompt === undefined) return undefined;
  // Reasoning was not kept before schema 2.
  return { prompt, reasoning: textIfAny(row, 'reasoning_text') ?? '', answer: text(row, 'answer_text') };
}

function fromCountCells(row: Row): CountedTokens | undefined {
  const tokenizer = textIfAny(row, 'counted_by');
  if (tokenizer === undefined) return undefined;
  return {
    inputTokens: numberIfAny(row, 'counted_input_tokens'),
    outputTokens: numberIfAny(row, 'counted_output_tokens'),
    tokenizer,
    isApproximate: boolean(row, 'is_count_approximate'),
  };
}

function fromAskedCells(row: Row): Asked | undefined {
  const asked: Asked = {
    inputTokens: numberIfAny(row, 'asked_input_tokens'),
    outputTokens: numberIfAny(row, 'asked_output_tokens'),
    contextTokens: numberIfAny(row, 'asked_context_tokens'),
    conversation: numberIfAny(row, 'conversation'),
    turn: numberIfAny(row, 'turn'),
    turns: numberIfAny(row, 'turns'),
  };
  return Object.values(asked).every((value) => value === undefined) ? undefined : asked;
}

function fromTimingsCell(json: string | undefined): ServerTimings | undefined {
  if (json === undefined) return undefined;
  const parsed = parseJsonCell(json, 'server_timings_json');
  const isTimings = (value: unknown): value is ServerTimings =>
    typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'number');
  if (!isTimings(parsed)) throw new UnreadableRow('column server_timings_json holds no timings');
  return parsed;
}
