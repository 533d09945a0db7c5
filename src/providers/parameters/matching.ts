import type { FamilyId } from './family.ts';

/** What rules and spellings go by. */
export interface Target {
  readonly prefix: string | undefined;
  readonly dialect: string;
  readonly family: FamilyId;
  /** Base model, in lower case. */
  readonly model: string;
}

/** Which targets something is for: all that are listed must fit, and what is not listed does not matter. */
export interface Match {
  readonly families?: readonly FamilyId[];
  readonly prefixes?: readonly string[];
  readonly dialects?: readonly string[];
  /** A pattern (regular expression) of base models in lower case. */
  readonly models?: string;
  /** Models that the pattern meets, but does not mean. */
  readonly except?: string;
}

export function matches({ families, prefixes, dialects, models, except }: Match, target: Target): boolean {
  return (
    (families === undefined || families.includes(target.family)) &&
    (prefixes === undefined || (target.prefix !== undefined && prefixes.includes(target.prefix))) &&
    (dialects === undefined || dialects.includes(target.dialect)) &&
    (models === undefined || patternOf(models).test(target.model)) &&
    (except === undefined || !patternOf(except).test(target.model))
  );
}

const PATTERNS = new Map<string, RegExp>();

function patternOf(source: string): RegExp {
  const known = PATTERNS.get(source);
  if (known !== undefined) return known;
  const pattern = new RegExp(source);
  PATTERNS.set(source, pattern);
  return pattern;
}
