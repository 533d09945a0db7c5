import type { FaultKind, FaultRule } from './options.ts';
import type { Random } from './random.ts';

/** The fault of one request: a rule with its number wins, then one draw is held against the rates laid end to end. */
export function chooseFault(rules: readonly FaultRule[], requestNumber: number, random: Random): FaultKind | undefined {
  const numbered = rules.find((rule) => 'requests' in rule && rule.requests.includes(requestNumber));
  if (numbered !== undefined) return numbered.kind;
  const point = random();
  let reachedRate = 0;
  for (const rule of rules) {
    if (!('rate' in rule)) continue;
    reachedRate += rule.rate;
    if (point < reachedRate) return rule.kind;
  }
  return undefined;
}
