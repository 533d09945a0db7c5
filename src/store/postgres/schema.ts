import type { ClientBase } from 'pg';
import { UnreadableRow } from '../cells.ts';
import { SQL_MIGRATIONS, SQL_SCHEMA_VERSION } from '../sql-schema.ts';
import { execute, openQuery } from './session.ts';

/**
 * The schema's version; 0 where there are none of our tables. It stands in the comment on table `runs`, which changes with the
 * tables in one transaction and moves with them in a dump. Throws `UnreadableRow` and `SqlFailure`.
 */
export async function readSchemaVersion(client: ClientBase): Promise<number> {
  const query = openQuery(client);
  const [encoding] = await query("SELECT current_setting('server_encoding') AS name");
  if (encoding?.['name'] !== 'UTF8') throw new UnreadableRow(`its texts are ${encoding?.['name']}, and must be UTF8`);
  const [table] = await query(
    `SELECT obj_description(oid, 'pg_class') AS comment FROM pg_class
      WHERE relname = 'runs' AND relkind = 'r' AND relnamespace = current_schema()::regnamespace`,
  );
  if (table === undefined) return 0;
  const version = /^llm-bench schema (\d+)$/.exec(String(table['comment']))?.[1];
  if (version === undefined) {
    throw new UnreadableRow(
      'its table runs is not of llm-bench; ?options=-csearch_path%3DNAME leads to another schema',
    );
  }
  return Number(version);
}

/** One for all of us: two processes that come to an empty database must not both make its tables. */
const MIGRATION_LOCK = 0x6c6c6d62;

/** Leads the schema from the version that `read` finds, once no other process does the same, to the newest; in a transaction. */
export async function migrate(client: ClientBase, read: () => Promise<number>): Promise<void> {
  await execute(client, 'BEGIN');
  try {
    await execute(client, `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    const version = await read();
    for (const statement of SQL_MIGRATIONS.slice(version).flat()) await execute(client, toPostgres(statement));
    await execute(client, `COMMENT ON TABLE runs IS 'llm-bench schema ${SQL_SCHEMA_VERSION}'`);
    await execute(client, 'COMMIT');
  } catch (error) {
    await execute(client, 'ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** Sorted by their bytes, as everywhere else, and not as a country would. */
function toPostgres(statement: string): string {
  return statement.replaceAll(/\bTEXT\b/g, 'TEXT COLLATE "C"');
}
