import type { Milliseconds } from '../../model/units.ts';

/** A token that stands for what the user has, for a time. A secret. */
export interface Token {
  readonly token: string;
  /** By the wall clock; undefined: nobody says when it ends. */
  readonly expiresAtMs: Milliseconds | undefined;
}

/** The port to whoever gives tokens. Asked before a run, and again before a token ends; never within a measured request. */
export interface TokenSource {
  /** Rejects with KEY_UNAVAILABLE. */
  fetch(): Promise<Token>;
}

/** Reads a variable; set to nothing is not set. */
export type Lookup = (name: string) => string | undefined;
