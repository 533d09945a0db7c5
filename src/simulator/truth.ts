import { type FileHandle, open } from 'node:fs/promises';
import type { TokenKind } from './answer-tokens.ts';

/**
 * What really happened to one request for an answer, of whatever family, as the server saw it. A prediction that is made in one
 * request and read in another has one record.
 *
 * All instants are milliseconds of CLOCK_MONOTONIC as `Number(process.hrtime.bigint()) / 1e6` gives them: one clock for
 * all processes of a machine, so that a client's own stamps on the same machine compare directly. They do not compare
 * across machines or reboots. Other requests (`/models`, unknown paths) have no record and no number.
 */
export interface TruthRecord {
  /** From 1, in order of arrival; also in the answer's id (`chatcmpl-sim-<n>`), in `x-request-id: sim-<n>`, and `r<n>`. */
  readonly n: number;
  /** TCP connection, from 1 in order of acceptance. */
  readonly connection: number;
  /** From 1. */
  readonly requestOnConnection: number;
  /** As asked for; empty when the body could not be read. */
  readonly model: string;
  /** When the request's last byte was read. */
  readonly receivedAtMs: number;
  /** When it left the queue; equal to receivedAtMs without a queue; null when it was refused or left before. */
  readonly startedAtMs: number | null;
  /** When the write with the response's head began; null if there was none. */
  readonly headersAtMs: number | null;
  /** One instant per write that completed tokens, taken immediately before the socket's write call; ascending. */
  readonly writes: readonly number[];
  /** When each of `writes` was due. */
  readonly writeDueAtMs: readonly number[];
  /** Kind of the first token of each of `writes`. */
  readonly writeKinds: readonly TokenKind[];
  /** Tokens completed by each of `writes`. */
  readonly writeTokens: readonly number[];
  /** When the answer ended: last write, fault, or the client's departure. */
  readonly endedAtMs: number;
  /** 0 when no status was sent. */
  readonly status: number;
  /** A fault's kind, `status-<code>` from the header, `shutdown` if the simulator was closed meanwhile, or null. */
  readonly fault: string | null;
  /** As reported. */
  readonly inputTokens: number;
  /** Tokens really written, reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** `sent`: answered as configured, a refusal included; `fault`: the fault was carried out; `client-gone`: before the end. */
  readonly outcome: 'sent' | 'fault' | 'client-gone';
  /** As it was received; only where it was asked for. */
  readonly body?: string;
  /** Largest delay of any write of this answer against its due time; 0 without writes. */
  readonly lateMs: number;
}

/** Takes the truth of finished requests. */
export interface TruthLog {
  append(record: TruthRecord): void;
  /** Resolves with the file's error if it ever cannot be written; pending otherwise. */
  readonly failed: Promise<Error>;
  /** Writes out the rest; rejects with the file's error, also an earlier one. */
  close(): Promise<void>;
}

/** A JSON Lines file, emptied first. Rejects if it cannot be opened. */
export async function openTruthLog(path: string): Promise<TruthLog> {
  return new TruthFile(await open(path, 'w'));
}

class TruthFile implements TruthLog {
  readonly failed: Promise<Error>;
  readonly #file: FileHandle;
  readonly #fail: (error: Error) => void;
  #pending = '';
  #writing: Promise<void> | undefined;
  #error: Error | undefined;

  constructor(file: FileHandle) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.failed = promise;
    this.#fail = resolve;
    this.#file = file;
  }

  append(record: TruthRecord): void {
    if (this.#error !== undefined) return;
    this.#pending += `${JSON.stringify(record)}\n`;
    this.#writing ??= this.#writeOut();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
    if (this.#error !== undefined) throw this.#error;
  }

  /** Lines that come while a write is under way go together into the next one. Never rejects: see #error. */
  async #writeOut(): Promise<void> {
    try {
      while (this.#pending !== '') {
        const lines = this.#pending;
        this.#pending = '';
        await this.#file.appendFile(lines);
      }
    } catch (error) {
      this.#error = new Error('the truth file cannot be written', { cause: error });
      this.#fail(this.#error);
    }
    this.#writing = undefined;
  }
}
