import type { JsonValue } from '../../model/units.ts';
import type { Limits } from './limits.ts';
import type { Match } from './matching.ts';
import type { ParameterName } from './parameter.ts';
import type { SourceId } from './sources.ts';

/** A fact about the other parameters of the request. `name` may be a path into an object that is passed through (`thinking.type`). */
export type Condition =
  | { readonly name: string; readonly is: 'given' | 'missing' }
  /** Given, and one of these. */
  | { readonly name: string; readonly oneOf: readonly JsonValue[] }
  /** Missing, or none of these. */
  | { readonly name: string; readonly noneOf: readonly JsonValue[] }
  | { readonly name: string; readonly below: number };

/** What a rule asks of a parameter that is given. */
export type Demand =
  /** Not to be sent, unless its value keeps to `unless`. Mended by leaving it out. */
  | { readonly kind: 'absent'; readonly unless: Limits | undefined }
  /** Mended by the nearest value. */
  | { readonly kind: 'within'; readonly limits: Limits }
  /** Smaller than another parameter, or than what is sent when that is not given. Mended by either; left out when that makes it less than `least`. */
  | { readonly kind: 'below'; readonly other: ParameterName; readonly otherwise: number; readonly least: number }
  /** To be said by another parameter. Mended by that, with the value that stands here. */
  | { readonly kind: 'instead'; readonly other: ParameterName; readonly values: Readonly<Record<string, JsonValue>> }
  /** Said, never refused: outside the limits (or always) without effect or unwise. `mends`: put within them when adjusting. */
  | { readonly kind: 'advice'; readonly limits: Limits | undefined; readonly mends: boolean };

/** What a catalog file of the user's may know better than a rule. */
export type Fact = 'temperature' | 'efforts' | 'reasoning' | 'output';

export interface ParameterRule {
  readonly id: string;
  readonly match: Match;
  /** Known names, or names that are passed through. Empty: the rule is about the model, and is always said. */
  readonly parameters: readonly string[];
  /** All must hold. */
  readonly when: readonly Condition[];
  readonly demand: Demand;
  /** One sentence without its full stop. */
  readonly reason: string;
  /** What a user can do; undefined: leave it out. */
  readonly wayOut: string | undefined;
  readonly source: SourceId;
  /** False: from memory, or sources disagree. */
  readonly isVerified: boolean;
  readonly yieldsTo: Fact | undefined;
}

type Optional = 'when' | 'wayOut' | 'isVerified' | 'yieldsTo';

/** Fills in what most rules have in common. */
export function rule(given: Omit<ParameterRule, Optional> & Partial<Pick<ParameterRule, Optional>>): ParameterRule {
  return { when: [], wayOut: undefined, isVerified: given.source !== 'memory', yieldsTo: undefined, ...given };
}

export const ABSENT: Demand = { kind: 'absent', unless: undefined };

export function absentUnless(unless: Limits): Demand {
  return { kind: 'absent', unless };
}

export function within(limits: Limits): Demand {
  return { kind: 'within', limits };
}

export const SAID: Demand = { kind: 'advice', limits: undefined, mends: false };

export function given(name: string): Condition {
  return { name, is: 'given' };
}

export function missing(name: string): Condition {
  return { name, is: 'missing' };
}
