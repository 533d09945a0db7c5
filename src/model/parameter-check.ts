import type { JsonValue } from './units.ts';

/** A parameter that a target would refuse. Ends a strict run before anything is sent. */
export interface ParameterProblem {
  /** As the user wrote it. */
  readonly parameter: string;
  readonly value: JsonValue;
  /** Id of the rule, stable as long as the rule is the same. */
  readonly rule: string;
  /** One sentence without its full stop. */
  readonly reason: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** What the user can do, as the end of a sentence. */
  readonly wayOut: string;
  /** False: from memory, or sources disagree. */
  readonly isVerified: boolean;
}

/** Something worth knowing that stops nothing. */
export interface ParameterNote {
  /** Undefined: it is about the target as a whole. */
  readonly parameter: string | undefined;
  /** One sentence without its full stop. */
  readonly text: string;
  readonly source: string;
}
