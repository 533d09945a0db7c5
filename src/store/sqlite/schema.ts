import type { DatabaseSync } from 'node:sqlite';
import { UnreadableRow } from '../cells.ts';
import { SQL_MIGRATIONS, SQL_SCHEMA_VERSION } from '../sql-schema.ts';
import { execute, openQuery } from './session.ts';

/** `llmb`: marks a file whose `user_version` is ours. */
const APPLICATION_ID = 0x6c6c6d62;

/** The schema's version; 0 when the file holds none of our tables. Throws `UnreadableRow` and `SqlFailure`. */
export async function readSchemaVersion(database: DatabaseSync): Promise<number> {
  const query = openQuery(database);
  const readNumber = async (pragma: string): Promise<number> =>
    Number((await query(`PRAGMA ${pragma}`))[0]?.[pragma] ?? 0);
  const version = await readNumber('user_version');
  if ((await readNumber('application_id')) === APPLICATION_ID) return version;
  const named = await query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'runs'");
  if (named.length > 0) throw new UnreadableRow('its table runs is not of llm-bench');
  // To set our version there would tell its owner that the file is of another version than it is.
  if (version !== 0) throw new UnreadableRow('another program keeps its own tables there, and its version');
  return 0;
}

/** Leads the schema from `version` to the newest, within the caller's transaction. */
export function migrate(database: DatabaseSync, version: number): void {
  for (const statement of SQL_MIGRATIONS.slice(version).flat()) execute(database, toSqlite(statement));
  execute(database, `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SQL_SCHEMA_VERSION}`);
}

/**
 * Columns of numbers are left without a type: in one of type REAL, SQLite turns −0 into 0. Events lie in the order of their key,
 * instead of once by themselves and once in an index.
 */
function toSqlite(statement: string): string {
  const untyped = statement.replaceAll(' DOUBLE PRECISION', '');
  return untyped.startsWith('CREATE TABLE token_events') ? `${untyped} WITHOUT ROWID` : untyped;
}
