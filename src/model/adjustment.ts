import type { JsonValue } from './units.ts';

/** What a rule did to a parameter before anything was sent. Listed before the run and stored with it. */
export interface Adjustment {
  /** As the user wrote it. */
  readonly parameter: string;
  /** `clamp`: into its range; `rename`: the same value under the target's name; `drop`: not sent; `set`: another value. */
  readonly action: 'clamp' | 'rename' | 'drop' | 'set';
  readonly from: JsonValue;
  /** The value sent; undefined when dropped. */
  readonly to: JsonValue | undefined;
  /** The name sent; undefined when dropped. */
  readonly sentAs: string | undefined;
  readonly reason: string;
  /** Where the rule comes from. */
  readonly source: string;
}
