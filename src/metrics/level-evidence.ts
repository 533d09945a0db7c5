import { binomialCdf } from './special-functions.ts';

/**
 * What some requests say of one rule, such as `ttft.p95 ≤ 500 ms`: so many were asked, so many missed the limit. A quantile keeps its
 * limit exactly when at most the share beyond it misses, so that every rule is a share that may miss.
 */
export interface RuleEvidence {
  /** Requests that the rule applies to. */
  readonly n: number;
  /** Of these, beyond the limit. */
  readonly misses: number;
  /** How many neighbouring requests say as much as one independent one, at least 1. */
  readonly dependence: number;
}

/** A rule as a share that may miss. */
export interface ShareRule {
  /** As it is shown: `ttft.p95 ≤ 500 ms`. */
  readonly text: string;
  /** Above 0, below 1: 0.05 for a p95. */
  readonly allowed: number;
  /** Only what was seen counts, however few it was: an error rate that stays below its limit needs no proof. */
  readonly isGuard?: boolean;
}

/** How one rule stands after all requests so far. */
export interface RuleStanding {
  readonly rule: ShareRule;
  readonly n: number;
  readonly misses: number;
  /** Misses ÷ n; undefined when the rule applied to no request. */
  readonly share: number | undefined;
  readonly state: 'kept' | 'missed' | 'unknown';
  /** Whether so few (or many) misses would be seen that rarely if it were otherwise. */
  readonly isSure: boolean;
}

/** Chance of each side of a search's interval to be wrong, over all looks at one level. */
export const SIDE_ERROR = 0.025;

/**
 * One rule over the trials of one level, pooled. The test is the exact binomial one, of as many independent requests as all of them
 * are worth; `looks` is how often it may be asked in all, and each look may err with its part of `SIDE_ERROR`.
 */
export function standingOf(rule: ShareRule, evidence: readonly RuleEvidence[], looks: number): RuleStanding {
  let [n, misses, worth, worthMisses] = [0, 0, 0, 0];
  for (const each of evidence) {
    n += each.n;
    misses += each.misses;
    worth += each.n / each.dependence;
    worthMisses += each.misses / each.dependence;
  }
  const share = n === 0 ? undefined : misses / n;
  if (share === undefined) return { rule, n, misses, share, state: 'unknown', isSure: false };
  const error = SIDE_ERROR / looks;
  const isKept = share <= rule.allowed;
  const chance = isKept
    ? binomialCdf(worthMisses, worth, rule.allowed)
    : 1 - binomialCdf(worthMisses - 1, worth, rule.allowed);
  return {
    rule,
    n,
    misses,
    share,
    state: isKept ? 'kept' : 'missed',
    isSure: chance <= error || (isKept && rule.isGuard === true),
  };
}

/** The fewest requests of which a rule can surely be kept, if none misses: 94 for a p95 and three looks. */
export function fewestToBeSure({ allowed }: ShareRule, looks: number): number {
  return Math.ceil(Math.log(SIDE_ERROR / looks) / Math.log1p(-allowed));
}
