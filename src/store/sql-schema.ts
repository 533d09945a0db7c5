/** Our tables in SQLite and PostgreSQL. */
import { REQUEST_COLUMNS, TOKEN_EVENT_COLUMNS } from './rows.ts';
import { BASELINE_COLUMNS, PROVIDER_COLUMNS, RUN_COLUMNS, WINDOW_COLUMNS } from './run-rows.ts';
import type { SqlTable } from './sql-database.ts';

export const RUNS: SqlTable = { name: 'runs', columns: RUN_COLUMNS, key: ['run_id'] };
export const PROVIDERS: SqlTable = { name: 'providers', columns: PROVIDER_COLUMNS, key: ['run_id', 'target_index'] };
export const REQUESTS: SqlTable = { name: 'requests', columns: REQUEST_COLUMNS, key: ['run_id', 'request_id'] };
export const TOKEN_EVENTS: SqlTable = {
  name: 'token_events',
  columns: TOKEN_EVENT_COLUMNS,
  key: ['run_id', 'request_id', 'event_index'],
};
export const WINDOWS: SqlTable = {
  name: 'window_metrics_1s',
  columns: WINDOW_COLUMNS,
  key: ['run_id', 'target_index', 'second'],
};

export const BASELINES: SqlTable = { name: 'baselines', columns: BASELINE_COLUMNS, key: ['name'] };

/** Every table that holds rows of a run, `runs` first: to delete there locks out whoever would add to the run meanwhile. */
export const SQL_TABLES: readonly SqlTable[] = [RUNS, PROVIDERS, REQUESTS, TOKEN_EVENTS, WINDOWS, BASELINES];

/**
 * Steps of the schema, oldest first: the n-th leads from version n − 1 to n. Never edited once released; an adapter writes the
 * types as its database needs them.
 *
 * Other than DuckDB, these have keys: several processes write at once, and without one a run would be looked for row by row. A
 * row of a run that is gone is refused at the commit; events need no such check, for they come with their request.
 */
export const SQL_MIGRATIONS: readonly (readonly string[])[] = [
  [
    `CREATE TABLE runs (
      run_id TEXT NOT NULL PRIMARY KEY,
      started_at_iso TEXT NOT NULL,
      state TEXT NOT NULL,
      duration_ms DOUBLE PRECISION,
      version TEXT NOT NULL,
      metrics_version INTEGER NOT NULL,
      plan_json TEXT NOT NULL,
      environment_json TEXT NOT NULL
    )`,
    `CREATE TABLE providers (
      run_id TEXT NOT NULL REFERENCES runs DEFERRABLE INITIALLY DEFERRED,
      target_index INTEGER NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      url TEXT NOT NULL,
      dialect TEXT NOT NULL,
      measure_start_at_ms DOUBLE PRECISION,
      measure_end_at_ms DOUBLE PRECISION,
      drain_end_at_ms DOUBLE PRECISION,
      dropped DOUBLE PRECISION,
      cpu_ratio DOUBLE PRECISION,
      event_loop_delay_p99_ms DOUBLE PRECISION,
      PRIMARY KEY (run_id, target_index)
    )`,
    `CREATE TABLE requests (
      run_id TEXT NOT NULL REFERENCES runs DEFERRABLE INITIALLY DEFERRED,
      request_id INTEGER NOT NULL,
      target_index INTEGER NOT NULL,
      phase TEXT NOT NULL,
      prompt_index INTEGER NOT NULL,
      prompt_name TEXT,
      attempt INTEGER NOT NULL,
      retry_of_request_id INTEGER,
      scheduled_at_ms DOUBLE PRECISION,
      started_at_ms DOUBLE PRECISION NOT NULL,
      socket_at_ms DOUBLE PRECISION,
      sent_at_ms DOUBLE PRECISION,
      headers_at_ms DOUBLE PRECISION,
      first_chunk_at_ms DOUBLE PRECISION,
      first_token_at_ms DOUBLE PRECISION,
      first_output_at_ms DOUBLE PRECISION,
      last_token_at_ms DOUBLE PRECISION,
      tool_name_at_ms DOUBLE PRECISION,
      tool_arguments_at_ms DOUBLE PRECISION,
      ended_at_ms DOUBLE PRECISION NOT NULL,
      is_connection_reused BOOLEAN,
      dns_ms DOUBLE PRECISION,
      tcp_ms DOUBLE PRECISION,
      tls_ms DOUBLE PRECISION,
      is_streamed BOOLEAN NOT NULL,
      token_event_count INTEGER NOT NULL,
      keep_alive_count INTEGER NOT NULL,
      input_tokens DOUBLE PRECISION,
      cached_input_tokens DOUBLE PRECISION,
      output_tokens DOUBLE PRECISION,
      reasoning_tokens DOUBLE PRECISION,
      usage_json TEXT,
      finish_reason TEXT,
      model_answered TEXT,
      outcome TEXT NOT NULL,
      failure_kind TEXT,
      failure_message TEXT,
      failure_http_status INTEGER,
      failure_code TEXT,
      failure_retry_after_ms DOUBLE PRECISION,
      failure_excerpt TEXT,
      cancelled_by TEXT,
      prompt_text TEXT,
      answer_text TEXT,
      cache_write_input_tokens DOUBLE PRECISION,
      long_cache_write_input_tokens DOUBLE PRECISION,
      counted_input_tokens DOUBLE PRECISION,
      counted_output_tokens DOUBLE PRECISION,
      counted_by TEXT,
      is_count_approximate BOOLEAN,
      server_timings_json TEXT,
      reasoning_text TEXT,
      PRIMARY KEY (run_id, request_id)
    )`,
    // A list of runs is read from it alone, past all texts.
    'CREATE INDEX requests_outcomes ON requests (run_id, phase, outcome, ended_at_ms)',
    `CREATE TABLE token_events (
      run_id TEXT NOT NULL,
      request_id INTEGER NOT NULL,
      event_index INTEGER NOT NULL,
      at_ms DOUBLE PRECISION NOT NULL,
      kind TEXT NOT NULL,
      tokens DOUBLE PRECISION,
      bytes INTEGER NOT NULL,
      is_coalesced BOOLEAN NOT NULL,
      PRIMARY KEY (run_id, request_id, event_index)
    )`,
    `CREATE TABLE window_metrics_1s (
      run_id TEXT NOT NULL REFERENCES runs DEFERRABLE INITIALLY DEFERRED,
      target_index INTEGER NOT NULL,
      second INTEGER NOT NULL,
      completed INTEGER NOT NULL,
      failed INTEGER NOT NULL,
      good INTEGER NOT NULL,
      tokens DOUBLE PRECISION NOT NULL,
      in_flight INTEGER NOT NULL,
      PRIMARY KEY (run_id, target_index, second)
    )`,
  ],
  // Runs that are read together: the steps of a sweep or a search.
  ['ALTER TABLE runs ADD COLUMN group_id TEXT', 'ALTER TABLE runs ADD COLUMN group_json TEXT'],
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
  ['ALTER TABLE providers ADD COLUMN threads_json TEXT'],
  // Names for runs, where runs come from, and what was removed of them.
  [
    'CREATE TABLE baselines (name TEXT NOT NULL PRIMARY KEY, run_id TEXT NOT NULL REFERENCES runs DEFERRABLE INITIALLY DEFERRED, set_at_iso TEXT NOT NULL)',
    'ALTER TABLE runs ADD COLUMN labels_json TEXT',
    'ALTER TABLE runs ADD COLUMN imported_from TEXT',
    'ALTER TABLE runs ADD COLUMN imported_json TEXT',
    'ALTER TABLE runs ADD COLUMN events_dropped_at_iso TEXT',
  ],
];

/** The version that this program writes. */
export const SQL_SCHEMA_VERSION: number = SQL_MIGRATIONS.length;
