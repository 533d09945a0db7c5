/** One thing that can be set: by a flag, a variable, or a key of a file. Told from the flag's declaration alone. */
export interface SettingKey {
  /** In files: `max_in_flight`. */
  readonly key: string;
  /** `LLM_BENCH_MAX_IN_FLIGHT`. */
  readonly variable: string;
  /** Among the parsed flags: `maxInFlight`. */
  readonly attribute: string;
  /** As it is typed: `--max-in-flight`, `--no-stream`. */
  readonly flag: string;
  /** Other flags for the same, written as a key would be. */
  readonly otherNames: readonly string[];
  /** `texts`: may be given several times. */
  readonly kind: 'text' | 'texts' | 'switch';
  /** A switch whose flag turns it off. */
  readonly isOffSwitch: boolean;
  /** What its value is called in the help: `n`, `file`; empty for a switch. */
  readonly placeholder: string;
  readonly choices: readonly string[] | undefined;
  readonly description: string;
  /** Heading of the help that it stands under. */
  readonly group: string;
}

/** The targets of a run have no flag of their own: names stand beside the flags, and tables are `--target`. */
export const TARGETS_KEY = 'targets';

/** What only a flag can say, and why. */
export const FLAG_ONLY_KEYS: Readonly<Record<string, string>> = {
  run_id: 'names one run, and this file is for many; give --run-id',
  dry_run: 'is for one start; give --dry-run',
};

/** In the words of flags. */
export type SettingValue = string | readonly string[] | boolean;

/** Where a value was said. */
export type SettingOrigin =
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'variable'; readonly variable: string }
  /** Lines count from 1. */
  | { readonly kind: 'plan' | 'project' | 'user'; readonly file: string; readonly line: number }
  | { readonly kind: 'run'; readonly id: string };

export interface Setting {
  readonly value: SettingValue;
  readonly origin: SettingOrigin;
}

/** What one place says, by key. */
export type SettingsLayer = ReadonlyMap<string, Setting>;
