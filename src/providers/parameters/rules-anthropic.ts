import type { FamilyId } from './family.ts';
import { between, from, oneOf } from './limits.ts';
import { ABSENT, absentUnless, type Condition, missing, type ParameterRule, rule, SAID, within } from './rule.ts';
import type { SourceId } from './sources.ts';

/** Wherever Claude is asked in Anthropic's own terms. */
const CLAUDE: readonly FamilyId[] = ['anthropic', 'bedrock'];

const ANY = 'claude';
/** Up to Claude 4.6, dated names and both orders of version and size included. Whatever is not one of these is newer. */
const UP_TO_3 = 'claude-(instant|v?[123](?!\\d))';
const CLAUDE_4 = 'claude-(opus|sonnet|haiku)-4';
const UP_TO_4_5 = `${UP_TO_3}|claude-4-|${CLAUDE_4}([.-][0-5](?!\\d)|[-@]\\d{8}|-latest|$|[:@](?!\\d))`;
const VERSION_4_6 = `${CLAUDE_4}[.-]6(?!\\d)`;
const UP_TO_4_6 = `${UP_TO_4_5}|${VERSION_4_6}`;
/** Thinking began with 3.7. */
const NEVER_THINKS = 'claude-(instant|v?[12](?!\\d)|3-(haiku|sonnet|opus)|3[.-]5|(haiku|sonnet|opus)-3(?![.-]7))';
/** Known to think always. */
const ALWAYS_THINKING: readonly (readonly [id: string, models: string, source: SourceId])[] = [
  ['fable', 'claude-(fable|mythos)', 'anthropic-fable'],
  ['5.5', 'claude-(opus|sonnet|haiku)-5[.-]5(?!\\d)', 'openrouter-claude'],
  ['opus-4.7', 'claude-opus-4[.-]7', 'aws-thinking'],
];
const ALWAYS_THINKS = ALWAYS_THINKING.map(([, models]) => models).join('|');
const NO_FORCED_CALL = 'claude-(sonnet|opus)-5[.-]5|claude-fable-5[.-][12](?!\\d)';

/** A budget was given, or thinking was asked for in Anthropic's own words. */
const THINKING: readonly (readonly Condition[])[] = [
  [
    { name: 'thinking_budget', is: 'given' },
    { name: 'thinking_budget', noneOf: [0] },
  ],
  [{ name: 'thinking.type', oneOf: ['enabled', 'adaptive'] }],
  [
    { name: 'reasoning_effort', is: 'given' },
    { name: 'reasoning_effort', noneOf: ['none'] },
  ],
];

/** The efforts of LiteLLM as budgets, none of them below what Anthropic takes. */
const BUDGETS = { minimal: 1_024, low: 1_024, medium: 2_048, high: 4_096, xhigh: 4_096, max: 4_096 };

const LEAST_BUDGET = 1_024;

/** What a request without a limit is given. */
export const ANTHROPIC_MAX_TOKENS = 1_024;

export const ANTHROPIC_RULES: readonly ParameterRule[] = [
  // What thinking there is comes first: what it excludes is judged by what is left of it.
  rule({
    id: 'claude-never-thinks',
    match: { families: CLAUDE, models: NEVER_THINKS },
    parameters: ['thinking_budget', 'reasoning_effort'],
    demand: ABSENT,
    reason: 'thinking began with Claude 3.7',
    source: 'anthropic-thinking',
    yieldsTo: 'reasoning',
  }),
  rule({
    id: 'claude-effort-as-budget',
    match: { families: CLAUDE, models: UP_TO_4_5, except: NEVER_THINKS },
    parameters: ['reasoning_effort'],
    when: [{ name: 'reasoning_effort', noneOf: ['none'] }],
    demand: { kind: 'instead', other: 'thinking_budget', values: BUDGETS },
    reason: 'up to Claude 4.5 thinking goes by a budget of tokens, not by effort',
    wayOut: '--param thinking_budget=1024 (what LiteLLM makes of low; 2048 of medium, 4096 of high)',
    source: 'litellm',
  }),
  rule({
    id: 'claude-4.6-efforts',
    match: { families: CLAUDE, models: VERSION_4_6 },
    parameters: ['reasoning_effort'],
    demand: within(oneOf('none', 'low', 'medium', 'high', 'max')),
    reason: 'Claude 4.6 knows the efforts low, medium, high and max',
    source: 'models-dev',
    yieldsTo: 'efforts',
  }),
  ...ALWAYS_THINKING.map(([id, models, source]) =>
    rule({
      id: `claude-always-thinks-${id}`,
      match: { families: CLAUDE, models },
      parameters: ['reasoning_effort'],
      demand: within(oneOf('low', 'medium', 'high', 'xhigh', 'max')),
      reason: 'thinking cannot be switched off here; the efforts are low, medium, high, xhigh and max',
      source,
      yieldsTo: 'efforts',
    }),
  ),
  rule({
    id: 'claude-newer-efforts',
    match: { families: CLAUDE, models: ANY, except: UP_TO_4_6 },
    parameters: ['reasoning_effort'],
    demand: within(oneOf('none', 'low', 'medium', 'high', 'xhigh', 'max')),
    reason: 'Claude knows the efforts low, medium, high, xhigh and max',
    source: 'anthropic-sdk',
    yieldsTo: 'efforts',
  }),
  rule({
    id: 'claude-budget-always-adaptive',
    match: { families: CLAUDE, models: `${ALWAYS_THINKS}|${CLAUDE_4}[.-]8|claude-sonnet-5(?![.-]\\d)` },
    parameters: ['thinking_budget'],
    demand: ABSENT,
    reason: 'this model decides by itself how much it thinks, and refuses a budget',
    wayOut: 'guide it by --param reasoning_effort=low (or medium, high …)',
    source: 'aws-thinking',
  }),
  rule({
    id: 'claude-budget-newer',
    match: { families: CLAUDE, models: ANY, except: UP_TO_4_6 },
    parameters: ['thinking_budget'],
    demand: ABSENT,
    reason: 'budgets are on their way out after Claude 4.6; of this model the sources disagree',
    wayOut: 'guide it by --param reasoning_effort=low (or medium, high …)',
    source: 'openrouter-claude',
    isVerified: false,
  }),
  rule({
    id: 'claude-budget-old-age',
    match: { families: CLAUDE, models: VERSION_4_6 },
    parameters: ['thinking_budget'],
    demand: SAID,
    reason: 'deprecated on Claude 4.6; --param reasoning_effort=low (or medium, high …) is its successor',
    source: 'aws-thinking',
  }),
  rule({
    id: 'claude-budget-least',
    match: { families: CLAUDE, models: ANY },
    parameters: ['thinking_budget'],
    when: [{ name: 'thinking_budget', noneOf: [0] }],
    demand: within(from(LEAST_BUDGET)),
    reason: 'a budget of thinking begins at 1024',
    source: 'anthropic-sdk',
  }),
  rule({
    id: 'claude-budget-within-limit',
    match: { families: ['anthropic'], models: ANY },
    parameters: ['thinking_budget'],
    demand: { kind: 'below', other: 'max_tokens', otherwise: ANTHROPIC_MAX_TOKENS, least: LEAST_BUDGET },
    reason: 'max_tokens counts thinking, and must be greater than its budget',
    wayOut: 'raise --max-tokens',
    source: 'anthropic-sdk',
  }),
  rule({
    id: 'bedrock-claude-budget-within-limit',
    match: { families: ['bedrock'], models: ANY },
    parameters: ['thinking_budget'],
    when: [{ name: 'max_tokens', is: 'given' }],
    demand: { kind: 'below', other: 'max_tokens', otherwise: ANTHROPIC_MAX_TOKENS, least: LEAST_BUDGET },
    reason: 'max_tokens counts thinking, and must be greater than its budget',
    wayOut: 'raise --max-tokens',
    source: 'anthropic-sdk',
  }),
  rule({
    id: 'claude-newer-temperature',
    match: { families: CLAUDE, models: ANY, except: UP_TO_4_6 },
    parameters: ['temperature'],
    demand: absentUnless(oneOf(1)),
    reason: 'models after Claude 4.6 take no temperature but 1',
    source: 'anthropic-sdk',
    yieldsTo: 'temperature',
  }),
  rule({
    id: 'claude-newer-top-p',
    match: { families: CLAUDE, models: ANY, except: UP_TO_4_6 },
    parameters: ['top_p'],
    demand: absentUnless(between(0.99, 1)),
    reason: 'models after Claude 4.6 take no top_p below 0.99',
    source: 'anthropic-sdk',
  }),
  rule({
    id: 'claude-newer-top-k',
    match: { families: CLAUDE, models: ANY, except: UP_TO_4_6 },
    parameters: ['top_k'],
    demand: ABSENT,
    reason: 'models after Claude 4.6 refuse it',
    source: 'anthropic-sdk',
  }),
  rule({
    id: 'claude-temperature-or-top-p',
    match: { families: CLAUDE, models: ANY },
    parameters: ['top_p'],
    when: [{ name: 'temperature', is: 'given' }],
    demand: ABSENT,
    reason: 'Claude takes temperature or top_p, not both',
    wayOut: 'give one of them',
    source: 'ai-sdk',
  }),
  ...THINKING.flatMap((when, index) => [
    rule({
      id: `claude-thinking-temperature-${index + 1}`,
      match: { families: CLAUDE, models: ANY },
      parameters: ['temperature'],
      when,
      demand: absentUnless(oneOf(1)),
      reason: 'a thinking Claude takes no temperature but 1',
      source: 'anthropic-thinking',
    }),
    rule({
      id: `claude-thinking-top-k-${index + 1}`,
      match: { families: CLAUDE, models: ANY },
      parameters: ['top_k'],
      when,
      demand: ABSENT,
      reason: 'a thinking Claude takes no top_k',
      source: 'anthropic-thinking',
    }),
    rule({
      id: `claude-thinking-top-p-${index + 1}`,
      match: { families: CLAUDE, models: ANY },
      parameters: ['top_p'],
      when,
      demand: absentUnless(from(0.95)),
      reason: 'a thinking Claude takes no top_p below 0.95',
      source: 'anthropic-thinking',
      isVerified: false,
    }),
  ]),
  ...THINKING.slice(0, 2).map((when, index) =>
    rule({
      id: `claude-budget-forced-call-${index + 1}`,
      match: { families: CLAUDE, models: ANY, except: NO_FORCED_CALL },
      parameters: ['tool_choice'],
      when,
      demand: absentUnless(oneOf('auto', 'none')),
      reason: 'a thinking Claude cannot be made to call a tool',
      source: 'memory',
    }),
  ),
  rule({
    id: 'claude-no-forced-call',
    match: { families: CLAUDE, models: NO_FORCED_CALL },
    parameters: ['tool_choice'],
    demand: absentUnless(oneOf('auto', 'none')),
    reason: 'this model cannot be made to call a tool',
    source: 'ai-sdk',
  }),
  rule({
    id: 'claude-parallel-without-tools',
    match: { families: ['anthropic'] },
    parameters: ['parallel_tool_calls'],
    when: [missing('tools')],
    demand: ABSENT,
    reason: 'there is no tool to choose',
    source: 'anthropic-api',
  }),
  rule({
    id: 'anthropic-needs-max-tokens',
    match: { families: ['anthropic'] },
    parameters: [],
    when: [missing('max_tokens')],
    demand: SAID,
    reason: `the API requires max_tokens: ${ANTHROPIC_MAX_TOKENS} is sent, thinking included`,
    source: 'anthropic-api',
  }),
  ...THINKING.map((when, index) =>
    rule({
      id: `claude-small-cap-${index + 1}`,
      match: { families: CLAUDE, models: ANY },
      parameters: ['max_tokens'],
      when,
      demand: { kind: 'advice', limits: from(1_000), mends: false },
      reason: 'the limit counts thinking too: a small one leaves answers empty',
      source: 'anthropic-thinking',
    }),
  ),
];
