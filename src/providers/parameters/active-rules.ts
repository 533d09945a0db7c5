import type { Draft, ParameterCapabilities } from './draft.ts';
import { oneOf, upTo } from './limits.ts';
import type { Target } from './matching.ts';
import { ABSENT, type Condition, type Demand, type Fact, type ParameterRule, within } from './rule.ts';
import { rulesOf } from './rules.ts';
import { describeSource } from './sources.ts';

/** A rule that holds for a target, with its source in words: ours, or what the user's catalog file says. */
export interface ActiveRule {
  readonly id: string;
  readonly parameters: readonly string[];
  readonly when: readonly Condition[];
  readonly demand: Demand;
  readonly reason: string;
  readonly wayOut: string | undefined;
  readonly source: string;
  readonly isVerified: boolean;
}

/** What the file says comes first, and silences our rules on the same. */
export function activeRules({ target, capabilities }: Pick<Draft, 'target' | 'capabilities'>): readonly ActiveRule[] {
  const rules = rulesOf(target);
  const ours = rules
    .filter(({ yieldsTo }) => capabilities === undefined || yieldsTo === undefined || !isSaid(yieldsTo, capabilities))
    .map((rule) => ({ ...rule, source: describeSource(rule.source) }));
  return capabilities === undefined ? ours : [...saidBy(capabilities, { target, rules }), ...ours];
}

function isSaid(fact: Fact, capabilities: ParameterCapabilities): boolean {
  switch (fact) {
    case 'temperature':
      return capabilities.acceptsTemperature === true;
    case 'efforts':
      return capabilities.efforts !== undefined;
    case 'reasoning':
      return capabilities.reasons === true;
    case 'output':
      return capabilities.maxOutputTokens !== undefined;
  }
}

interface Known {
  readonly target: Target;
  readonly rules: readonly ParameterRule[];
}

function saidBy(capabilities: ParameterCapabilities, { target, rules }: Known): readonly ActiveRule[] {
  const { acceptsTemperature, reasons, efforts, callsTools, maxOutputTokens, source } = capabilities;
  const said = (parameters: readonly string[], demand: Demand, reason: string): ActiveRule => ({
    id: `catalog-${parameters[0]}`,
    parameters,
    when: [],
    demand,
    reason,
    wayOut: undefined,
    source,
    isVerified: true,
  });
  // A file knows but yes and no; where a rule of ours knows when it is yes, the rule is better.
  const isRuled = rules.some(({ yieldsTo }) => yieldsTo === 'temperature');
  const known = ['none', ...(efforts ?? [])];
  const canSayNone = efforts?.includes('none') === true || !NONE_IS_LISTED.includes(target.family);
  return [
    ...(acceptsTemperature === false && !isRuled
      ? [said(['temperature'], ABSENT, 'this model takes no temperature')]
      : []),
    ...(reasons === false ? [said(['thinking_budget', 'reasoning_effort'], ABSENT, 'this model does not reason')] : []),
    ...(efforts === undefined
      ? []
      : [
          said(
            ['reasoning_effort'],
            within(oneOf(...(canSayNone ? [...new Set(known)] : efforts))),
            `this model knows the efforts ${efforts.join(', ')}`,
          ),
        ]),
    ...(callsTools === false
      ? [said(['tools', 'tool_choice', 'parallel_tool_calls'], ABSENT, 'this model calls no tools')]
      : []),
    ...(maxOutputTokens === undefined
      ? []
      : [said(['max_tokens'], within(upTo(maxOutputTokens)), `this model writes at most ${maxOutputTokens} tokens`)]),
  ];
}

/** Families whose lists of efforts name `none` where there is one; elsewhere thinking is switched off in other words. */
const NONE_IS_LISTED: readonly string[] = ['openai', 'azure', 'unknown', 'compatible', 'xai', 'gemini', 'mistral'];
