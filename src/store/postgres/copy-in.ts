import type { Connection, Submittable } from 'pg';
import { type CellType, fitCell, type Row } from '../cells.ts';
import type { SqlTable } from '../sql-database.ts';
import { escapeNul } from '../sql-text.ts';

/** Bounds what is held as text at a time. */
const CHUNK_CHARACTERS = 256 * 1_024;

/** The part of the driver's connection that copies, which its types leave out. */
interface CopyingConnection extends Connection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/**
 * Rows on their way into a table by `COPY … FROM STDIN`: what the server takes fastest. Handed to the driver's `query`, which calls
 * the methods as the server answers.
 */
export class CopyIn implements Submittable {
  /** Rejects with what the driver says. */
  readonly done: Promise<void>;
  /** A cell that no column takes, for which it was given up: a mistake of this program. */
  mistake: unknown;
  /** Set and wrapped by the driver, to know when to stop its own timer. */
  callback: (error?: Error) => void;
  readonly #table: SqlTable;
  readonly #rows: readonly Row[];

  constructor(table: SqlTable, rows: readonly Row[]) {
    this.#table = table;
    this.#rows = rows;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.callback = (error) => (error === undefined ? resolve() : reject(error));
  }

  submit(connection: Connection): void {
    const columns = Object.keys(this.#rows[0] ?? {});
    connection.query(`COPY ${this.#table.name} (${columns}) FROM STDIN`);
  }

  handleCopyInResponse(connection: CopyingConnection): void {
    try {
      for (const chunk of toChunks(this.#table, this.#rows)) connection.sendCopyFromChunk(Buffer.from(chunk));
      connection.endCopyFrom();
    } catch (error) {
      // The server answers that with an error of its own.
      this.mistake = error;
      connection.sendCopyFail('given up');
    }
  }

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    this.callback();
  }

  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
}

/** The text of the rows, as `COPY` reads it: a line each, cells parted by tabs. */
export function* toChunks(table: SqlTable, rows: readonly Row[]): Generator<string> {
  const columns = Object.keys(rows[0] ?? {}).map((name) => {
    const type = table.columns[name];
    if (type === undefined) throw new Error(`table ${table.name} has no column ${name}`);
    return { name, type };
  });
  let chunk = '';
  for (const row of rows) {
    let separator = '';
    for (const { name, type } of columns) {
      chunk += separator + toField(type, row[name] ?? null);
      separator = '\t';
    }
    chunk += '\n';
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function toField(type: CellType, value: string | number | boolean | null): string {
  const cell = fitCell(type, value);
  if (cell === null) return '\\N';
  if (typeof cell === 'string') return escapeField(escapeNul(cell));
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  // JavaScript writes −0 without its sign.
  return Object.is(cell, -0) ? '-0' : String(cell);
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escapeField(text: string): string {
  return /[\\\t\n\r]/.test(text)
    ? text.replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character)
    : text;
}
