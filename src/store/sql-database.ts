import type { Cell, Columns, Row } from './cells.ts';

/** Asks for rows. Each `?` of the statement stands for the value of its place. */
export type Query = (sql: string, values?: readonly Cell[]) => Promise<Row[]>;

export interface SqlTable {
  readonly name: string;
  readonly columns: Columns;
  /** Of all its rows no two have the same cells here. */
  readonly key: readonly string[];
}

/** One transaction. */
export interface SqlSession {
  readonly query: Query;
  insert(table: SqlTable, rows: readonly Row[]): Promise<void>;
  /** Takes the place of the row with the same key, if there is one. No two of `rows` may have the same key. */
  replace(table: SqlTable, rows: readonly Row[]): Promise<void>;
  /** Each row holds the key of one that may be there, and what to set in it. All rows have the same columns. */
  update(table: SqlTable, rows: readonly Row[]): Promise<void>;
}

/** A view of one moment, whatever is written meanwhile. */
export interface SqlReading {
  readonly query: Query;
  close(): Promise<void>;
}

/** What SQLite and PostgreSQL do each in its own way; all else of a store is `SqlStore`. */
export interface SqlDatabase {
  /** Without password. */
  readonly location: string;
  /** What to do when it cannot be read. */
  readonly hint: string;
  /** All of the work happens, or none. Not called again before it has settled. */
  write<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  startReading(): Promise<SqlReading>;
  /** Says to every other process that this one is at a run, until `release` or its death. False when another says so already. */
  claim(runId: string): Promise<boolean>;
  release(runId: string): Promise<void>;
  /** Those of `runIds` that a living process has claimed. */
  findClaimed(runIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Gives back what space it can; nothing else is under way. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

/** What a database, or the way to it, could not do. Its message is the reason, in one line. */
export class SqlFailure extends Error {
  override readonly name = 'SqlFailure';
}
