import type { DuckDBConnection } from '@duckdb/node-api';
import { UnreadableRow } from '../cells.ts';
import { queryRows } from './query.ts';

/**
 * Steps of the schema, oldest first: the n-th leads from version n − 1 to n. Never edited once released; a new column goes to its
 * table's end, where the appender expects it.
 *
 * There are no primary keys and no indices. One process writes at a time, and checks in its transaction what must be unique. An
 * index would cost memory and time with each append and one more thing to restore after a crash, while reading gains nothing: a
 * run's rows lie together, and DuckDB skips blocks by the least and greatest value of each column.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE runs (
      run_id VARCHAR NOT NULL,
      started_at_iso VARCHAR NOT NULL,
      state VARCHAR NOT NULL,
      duration_ms DOUBLE,
      version VARCHAR NOT NULL,
      metrics_version INTEGER NOT NULL,
      plan_json VARCHAR NOT NULL,
      environment_json VARCHAR NOT NULL
    )`,
    `CREATE TABLE providers (
      run_id VARCHAR NOT NULL,
      target_index INTEGER NOT NULL,
      provider VARCHAR NOT NULL,
      model VARCHAR NOT NULL,
      url VARCHAR NOT NULL,
      dialect VARCHAR NOT NULL,
      measure_start_at_ms DOUBLE,
      measure_end_at_ms DOUBLE,
      drain_end_at_ms DOUBLE,
      dropped DOUBLE,
      cpu_ratio DOUBLE,
      event_loop_delay_p99_ms DOUBLE
    )`,
    `CREATE TABLE requests (
      run_id VARCHAR NOT NULL,
      request_id INTEGER NOT NULL,
      target_index INTEGER NOT NULL,
      phase VARCHAR NOT NULL,
      prompt_index INTEGER NOT NULL,
      prompt_name VARCHAR,
      attempt INTEGER NOT NULL,
      retry_of_request_id INTEGER,
      scheduled_at_ms DOUBLE,
      started_at_ms DOUBLE NOT NULL,
      socket_at_ms DOUBLE,
      sent_at_ms DOUBLE,
      headers_at_ms DOUBLE,
      first_chunk_at_ms DOUBLE,
      first_token_at_ms DOUBLE,
      first_output_at_ms DOUBLE,
      last_token_at_ms DOUBLE,
      tool_name_at_ms DOUBLE,
      tool_arguments_at_ms DOUBLE,
      ended_at_ms DOUBLE NOT NULL,
      is_connection_reused BOOLEAN,
      dns_ms DOUBLE,
      tcp_ms DOUBLE,
      tls_ms DOUBLE,
      is_streamed BOOLEAN NOT NULL,
      token_event_count INTEGER NOT NULL,
      keep_alive_count INTEGER NOT NULL,
      input_tokens DOUBLE,
      cached_input_tokens DOUBLE,
      output_tokens DOUBLE,
      reasoning_tokens DOUBLE,
      usage_json VARCHAR,
      finish_reason VARCHAR,
      model_answered VARCHAR,
      outcome VARCHAR NOT NULL,
      failure_kind VARCHAR,
      failure_message VARCHAR,
      failure_http_status INTEGER,
      failure_code VARCHAR,
      failure_retry_after_ms DOUBLE,
      failure_excerpt VARCHAR,
      cancelled_by VARCHAR,
      prompt_text VARCHAR,
      answer_text VARCHAR
    )`,
    `CREATE TABLE token_events (
      run_id VARCHAR NOT NULL,
      request_id INTEGER NOT NULL,
      event_index INTEGER NOT NULL,
      at_ms DOUBLE NOT NULL,
      kind VARCHAR NOT NULL,
      tokens DOUBLE,
      bytes INTEGER NOT NULL,
      is_coalesced BOOLEAN NOT NULL
    )`,
    `CREATE TABLE window_metrics_1s (
      run_id VARCHAR NOT NULL,
      target_index INTEGER NOT NULL,
      second INTEGER NOT NULL,
      completed INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      good INTEGER NOT NULL,
      tokens DOUBLE NOT NULL,
      in_flight INTEGER NOT NULL
    )`,
  ],
  [
    'ALTER TABLE requests ADD COLUMN cache_write_input_tokens DOUBLE',
    'ALTER TABLE requests ADD COLUMN long_cache_write_input_tokens DOUBLE',
    'ALTER TABLE requests ADD COLUMN counted_input_tokens DOUBLE',
    'ALTER TABLE requests ADD COLUMN counted_output_tokens DOUBLE',
    'ALTER TABLE requests ADD COLUMN counted_by VARCHAR',
    'ALTER TABLE requests ADD COLUMN is_count_approximate BOOLEAN',
    'ALTER TABLE requests ADD COLUMN server_timings_json VARCHAR',
    'ALTER TABLE requests ADD COLUMN reasoning_text VARCHAR',
  ],
  // Runs that are read together: the steps of a sweep or a search.
  ['ALTER TABLE runs ADD COLUMN group_id VARCHAR', 'ALTER TABLE runs ADD COLUMN group_json VARCHAR'],
  // What was asked of each request.
  [
    'ALTER TABLE requests ADD COLUMN asked_input_tokens INTEGER',
    'ALTER TABLE requests ADD COLUMN asked_output_tokens INTEGER',
    'ALTER TABLE requests ADD COLUMN asked_context_tokens INTEGER',
    'ALTER TABLE requests ADD COLUMN conversation INTEGER',
    'ALTER TABLE requests ADD COLUMN turn INTEGER',
    'ALTER TABLE requests ADD COLUMN turns INTEGER',
  ],
  // Each measuring thread by itself.
  ['ALTER TABLE providers ADD COLUMN threads_json VARCHAR'],
  // Names for runs, where runs come from, and what was removed of them.
  [
    'CREATE TABLE baselines (name VARCHAR NOT NULL, run_id VARCHAR NOT NULL, set_at_iso VARCHAR NOT NULL)',
    'ALTER TABLE runs ADD COLUMN labels_json VARCHAR',
    'ALTER TABLE runs ADD COLUMN imported_from VARCHAR',
    'ALTER TABLE runs ADD COLUMN imported_json VARCHAR',
    'ALTER TABLE runs ADD COLUMN events_dropped_at_iso VARCHAR',
  ],
];

/** The version that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** Every table that holds rows of a run. */
export const TABLES = ['runs', 'providers', 'requests', 'token_events', 'window_metrics_1s', 'baselines'] as const;

/**
 * The schema's version; 0 when the file holds none of our tables. It stands in the comment on table `runs`: that changes with the
 * tables in one transaction, moves with them in an export, and leaves our tables alone. Throws `UnreadableRow`.
 */
export async function readSchemaVersion(connection: DuckDBConnection): Promise<number> {
  const [table] = await queryRows(
    connection,
    `SELECT comment FROM duckdb_tables() WHERE table_name = 'runs' AND schema_name = 'main' AND NOT temporary
      AND database_name = current_database()`,
  );
  if (table === undefined) return 0;
  const version = /^llm-bench schema (\d+)$/.exec(String(table['comment']))?.[1];
  if (version === undefined) throw new UnreadableRow('its table runs is not of llm-bench');
  return Number(version);
}

/** Leads the schema from `version` to the newest, within the caller's transaction. */
export async function migrate(connection: DuckDBConnection, version: number): Promise<void> {
  for (const statement of MIGRATIONS.slice(version).flat()) await connection.run(statement);
  await connection.run(`COMMENT ON TABLE runs IS 'llm-bench schema ${SCHEMA_VERSION}'`);
}
