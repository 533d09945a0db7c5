import { upTo } from './limits.ts';
import { matches, type Target } from './matching.ts';
import { type ParameterRule, rule, within } from './rule.ts';
import { ANTHROPIC_RULES } from './rules-anthropic.ts';
import { GEMINI_RULES } from './rules-gemini.ts';
import { OPENAI_RULES } from './rules-openai.ts';
import { OTHER_RULES } from './rules-others.ts';

/** Limits of output of models that will not change any more. The first pattern that fits counts; of later models nothing is known. */
const OUTPUT_LIMITS: readonly (readonly [models: string, tokens: number])[] = [
  ['claude-3-(haiku|opus|sonnet)', 4_096],
  ['claude-3[.-]5', 8_192],
  ['claude-opus-4([.-][01](?!\\d)|[-@]\\d{8})', 32_000],
  ['claude-(3[.-]7|(opus|sonnet|haiku)-4([.-][05](?!\\d)|[-@]\\d{8}))', 64_000],
  ['claude-((opus|sonnet)-4[.-][678]|(opus|sonnet|fable)-5)', 128_000],
  ['(^|/)gemini-2\\.0-flash', 8_192],
  ['(^|/)gemini-2\\.5-(pro|flash)(?!.*(image|tts))', 65_536],
  ['(^|/)gemini-3(\\.\\d)?-(pro|flash)(?!.*(image|tts))', 65_536],
  ['(^|[/:])(gpt-3\\.5-turbo|gpt-4-turbo|gpt-4o-2024-05-13)', 4_096],
  ['(^|[/:])gpt-4(-\\d{4})?$', 8_192],
  ['(^|[/:])gpt-4o', 16_384],
  ['(^|[/:])gpt-4\\.1', 32_768],
  ['(^|[/:])o[134](-|$)', 100_000],
  ['(^|[/:])gpt-5-pro', 272_000],
  ['(^|[/:])gpt-5\\.[123]-chat', 16_384],
  ['(^|[/:])gpt-5', 128_000],
];

const FAMILIES_WITH_LIMITS = ['openai', 'azure', 'anthropic', 'gemini', 'bedrock'] as const;

function outputRule(models: string, tokens: number, before: readonly string[]): ParameterRule {
  return rule({
    id: `output-limit-${models}`,
    match: {
      families: FAMILIES_WITH_LIMITS,
      models,
      ...(before.length === 0 ? {} : { except: before.join('|') }),
    },
    parameters: ['max_tokens'],
    demand: within(upTo(tokens)),
    reason: `this model writes at most ${tokens} tokens`,
    source: 'models-dev',
    yieldsTo: 'output',
  });
}

const OUTPUT_RULES = OUTPUT_LIMITS.map(([models, tokens], index) =>
  outputRule(
    models,
    tokens,
    OUTPUT_LIMITS.slice(0, index).map(([earlier]) => earlier),
  ),
);

/** All rules, in the order in which they are asked. */
export const RULES: readonly ParameterRule[] = [
  ...OPENAI_RULES,
  ...ANTHROPIC_RULES,
  ...GEMINI_RULES,
  ...OTHER_RULES,
  ...OUTPUT_RULES,
];

export function rulesOf(target: Target): readonly ParameterRule[] {
  return RULES.filter(({ match }) => matches(match, target));
}
