import type { DiscoveredModel } from './model-list.ts';

/** One question and what came of it. */
export interface Attempt {
  /** Without query. */
  readonly url: string;
  /** HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** What it tells, in words. */
  readonly says: string;
}

/** A place where the server can be measured. */
export interface Speaks {
  readonly dialect: string;
  readonly url: string;
}

/** `needed`: none was given, and without one the server tells no more. */
export type KeyState = 'not-needed' | 'accepted' | 'needed' | 'refused';

/** What answers tell. */
export interface Finding {
  /** In words: `Ollama 0.12.3`; undefined: the server does not say. */
  readonly server: string | undefined;
  /** Best first; never empty. */
  readonly speaks: readonly Speaks[];
  /** Undefined: not told. */
  readonly models: readonly DiscoveredModel[] | undefined;
  readonly key: KeyState;
}
