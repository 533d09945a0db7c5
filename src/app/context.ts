import type { ProxyRules } from '../model/proxy.ts';
import type { Store } from '../store/store.ts';

/** Writes one line for people to stderr, if the level asked for lets it through. */
export interface Log {
  warn(line: string): void;
  info(line: string): void;
  debug(line: string): void;
}

/** The ports, as the composition root put them in. */
export interface AppContext {
  readonly version: string;
  readonly log: Log;
  /** `write` creates what is missing. Rejects with STORE_* codes. */
  readonly openStore: (location: string, mode: 'write' | 'read') => Promise<Store>;
  /** The composition root of a measuring thread. */
  readonly threadUrl: URL;
  /** The composition root of a counting thread. */
  readonly countingThreadUrl: URL;
  /** What `calibrate` found of this client, where it was; undefined: nobody knows. */
  readonly calibrationFile: string | undefined;
  /** What traffic goes through; holds secrets. Throws FLAG_INVALID for a proxy that is none. */
  readonly proxies: () => ProxyRules;
}
