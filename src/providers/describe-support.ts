import type { ParameterSupport } from '../model/parameter-check.ts';
import { type ParameterTarget, toTarget } from './apply-parameters.ts';
import { type ActiveRule, activeRules } from './parameters/active-rules.ts';
import { limitNameOf } from './parameters/assemble.ts';
import { limitsOf } from './parameters/checks.ts';
import { familyOf } from './parameters/families.ts';
import type { Family } from './parameters/family.ts';
import { describeLimits, type Limits, narrow } from './parameters/limits.ts';
import type { Target } from './parameters/matching.ts';
import { spellingOf } from './parameters/native-names.ts';
import { PARAMETERS, type ParameterEntry } from './parameters/parameter.ts';
import { describeSource } from './parameters/sources.ts';

/** Every parameter that is known by name, and what the target makes of it. Pure. */
export function describeSupport(asked: ParameterTarget): readonly ParameterSupport[] {
  const target = toTarget(asked);
  const family = familyOf(asked.prefix, asked.dialect);
  const rules = activeRules({ target, capabilities: asked.capabilities });
  return PARAMETERS.map((known) => {
    const about = rules.filter(({ parameters }) => parameters.includes(known.name));
    return describe(known, { asked, target, family, about });
  });
}

interface Context {
  readonly asked: ParameterTarget;
  readonly target: Target;
  readonly family: Family;
  /** Rules on the parameter. */
  readonly about: readonly ActiveRule[];
}

function describe(known: ParameterEntry, { asked, target, family, about }: Context): ParameterSupport {
  const support = family.support[known.name];
  const ban = about.find(isBan);
  const status =
    ban !== undefined || support?.is === 'refused' ? 'refused' : support === undefined ? 'unknown' : 'supported';
  const limits = about.reduce(narrowBy, limitsOf({ family, capabilities: asked.capabilities }, known));
  const source = describeSource(support?.source ?? family.source);
  return {
    parameter: known.name,
    tier: known.tier,
    status,
    range: status === 'refused' ? '' : describeLimits(limits),
    default: status === 'supported' && support?.is === 'supported' ? support.default : undefined,
    sentAs: nameOf(known, { asked, target, family }),
    remarks: eachOnce([
      ...(support?.is === 'refused' && support.reason !== undefined
        ? [{ text: support.reason, source, isVerified: support.source !== 'memory' }]
        : []),
      ...(ban === undefined ? about.filter((rule) => !isRange(rule)) : [ban]).map(toRemark),
    ]),
    source,
  };
}

/** Whatever else is sent, and whatever its value (but for the one that says none). */
function isBan({ demand, when }: ActiveRule): boolean {
  return demand.kind === 'instead' || (demand.kind === 'absent' && demand.unless === undefined && when.length === 0);
}

function isRange({ demand, when }: ActiveRule): boolean {
  return demand.kind === 'within' && when.length === 0;
}

function narrowBy(limits: Limits, rule: ActiveRule): Limits {
  return rule.demand.kind === 'within' && rule.when.length === 0 ? narrow(limits, rule.demand.limits) : limits;
}

function toRemark({ reason, source, isVerified }: ActiveRule): ParameterSupport['remarks'][number] {
  return { text: reason, source, isVerified };
}

function nameOf(known: ParameterEntry, { asked, target, family }: Omit<Context, 'about'>): string {
  if (known.name !== 'max_tokens') return spellingOf(known.name, target).name;
  return limitNameOf({ target, family }, { typed: known.name, maxTokensName: asked.maxTokensName });
}

/** Several rules may say the same of different occasions. */
function eachOnce(remarks: ParameterSupport['remarks']): ParameterSupport['remarks'] {
  return remarks.filter(({ text }, index) => remarks.findIndex((other) => other.text === text) === index);
}
