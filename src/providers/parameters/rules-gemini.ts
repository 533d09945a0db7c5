import { between, from, NO_LIMITS, oneOf } from './limits.ts';
import { ABSENT, given, type ParameterRule, rule, SAID, within } from './rule.ts';

const START = '(^|/)';
const BEFORE_THINKING = `${START}gemini-(1|2\\.0|pro($|-vision))`;
const V2_5_PRO = `${START}gemini-2\\.5-pro`;
const V2_5_FLASH_LITE = `${START}gemini-2\\.5-flash-lite`;
const V2_5_FLASH = `${START}gemini-2\\.5-flash(?!-lite)`;
const V2_5 = `${START}gemini-2\\.5`;
/** Gemini 3, and what comes after it: by number, or by an alias that moves with the newest. */
const V3_ON = `${START}gemini-([3-9]|[1-9]\\d)`;
const V3_ON_PRO = `${V3_ON}(\\.\\d+)?-pro`;
const V3_PRO = `${START}gemini-3-pro`;
const V3_7_FLASH_ON = `${START}gemini-(3\\.([7-9]|[1-9]\\d)|[4-9](\\.\\d+)?|[1-9]\\d(\\.\\d+)?)-flash(?!-lite)`;

const GEMINI = ['gemini'] as const;
/** LiteLLM's budgets; its `minimal` differs by model, and none is what the model allows. */
const BUDGETS = { low: 1_024, medium: 2_048, high: 4_096, xhigh: 4_096, max: 4_096 };

export const GEMINI_RULES: readonly ParameterRule[] = [
  rule({
    id: 'gemini-budget-or-effort',
    match: { families: GEMINI },
    parameters: ['reasoning_effort'],
    when: [given('thinking_budget')],
    demand: ABSENT,
    reason: 'Gemini takes a thinking budget or a thinking level, not both',
    wayOut: 'give one of them',
    source: 'gemini-3',
  }),
  rule({
    id: 'gemini-never-thinks',
    match: { families: GEMINI, models: BEFORE_THINKING },
    parameters: ['thinking_budget', 'reasoning_effort'],
    demand: ABSENT,
    reason: 'thinking began with Gemini 2.5',
    source: 'models-dev',
    yieldsTo: 'reasoning',
  }),
  effortAsBudget('pro', V2_5_PRO, { none: 128, minimal: 128 }),
  effortAsBudget('flash', V2_5_FLASH, { none: 0, minimal: 1 }),
  effortAsBudget('flash-lite', V2_5_FLASH_LITE, { none: 0, minimal: 512 }),
  rule({
    id: 'gemini-2.5-pro-budget',
    match: { families: GEMINI, models: V2_5_PRO },
    parameters: ['thinking_budget'],
    when: [{ name: 'thinking_budget', noneOf: [-1] }],
    demand: within(between(128, 32_768)),
    reason: 'Gemini 2.5 Pro thinks 128 to 32768 tokens (-1: as many as it likes), and cannot be kept from it',
    source: 'models-dev',
  }),
  rule({
    id: 'gemini-2.5-flash-lite-budget',
    match: { families: GEMINI, models: V2_5_FLASH_LITE },
    parameters: ['thinking_budget'],
    when: [{ name: 'thinking_budget', noneOf: [-1, 0] }],
    demand: within(between(512, 24_576)),
    reason: 'Gemini 2.5 Flash-Lite thinks 512 to 24576 tokens (0: none, -1: as many as it likes)',
    source: 'models-dev',
  }),
  rule({
    id: 'gemini-2.5-flash-budget',
    match: { families: GEMINI, models: V2_5_FLASH },
    parameters: ['thinking_budget'],
    when: [{ name: 'thinking_budget', noneOf: [-1] }],
    demand: within(between(0, 24_576)),
    reason: 'Gemini 2.5 Flash thinks up to 24576 tokens (0: none, -1: as many as it likes)',
    source: 'models-dev',
  }),
  rule({
    id: 'gemini-3-budget',
    match: { families: GEMINI, models: V3_ON },
    parameters: ['thinking_budget'],
    demand: SAID,
    reason: 'from Gemini 3 on thinking goes by level: --param reasoning_effort=low is better than a budget',
    source: 'gemini-3',
  }),
  rule({
    id: 'gemini-3-pro-levels',
    match: { families: GEMINI, models: V3_PRO },
    parameters: ['reasoning_effort'],
    demand: within(oneOf('low', 'high')),
    reason: 'Gemini 3 Pro knows the levels low and high, and cannot be kept from thinking',
    source: 'models-dev',
    yieldsTo: 'efforts',
  }),
  rule({
    id: 'gemini-3-on-pro-levels',
    match: { families: GEMINI, models: V3_ON_PRO },
    parameters: ['reasoning_effort'],
    demand: within(oneOf('low', 'medium', 'high')),
    reason: 'it knows the levels low, medium and high, and cannot be kept from thinking',
    source: 'models-dev',
    yieldsTo: 'efforts',
  }),
  rule({
    id: 'gemini-3.7-flash-levels',
    match: { families: GEMINI, models: V3_7_FLASH_ON },
    parameters: ['reasoning_effort'],
    demand: within(oneOf('low', 'medium', 'high')),
    reason: 'from Gemini 3.7 Flash on the levels are low, medium and high',
    source: 'ai-sdk',
    yieldsTo: 'efforts',
  }),
  rule({
    id: 'gemini-3-levels',
    match: { families: GEMINI, models: V3_ON },
    parameters: ['reasoning_effort'],
    demand: within(oneOf('minimal', 'low', 'medium', 'high')),
    reason: 'Gemini knows the levels minimal, low, medium and high, and cannot be kept from thinking',
    source: 'gemini-3',
    yieldsTo: 'efforts',
  }),
  rule({
    id: 'gemini-3-temperature',
    match: { families: GEMINI, models: V3_ON },
    parameters: ['temperature'],
    demand: { kind: 'advice', limits: from(1), mends: true },
    reason: 'Google says to leave Gemini 3 and later at temperature 1: below it may loop or fail',
    source: 'gemini-3',
  }),
  rule({
    id: 'gemini-3.5-flash-lite-sampling',
    match: { families: GEMINI, models: `${START}gemini-3\\.5-flash-lite` },
    parameters: ['temperature', 'top_p', 'top_k'],
    demand: SAID,
    reason: 'Gemini 3.5 Flash-Lite pays no heed to it',
    source: 'gemini-flash-lite',
  }),
  rule({
    id: 'gemini-3.5-flash-lite-penalties',
    match: { families: GEMINI, models: `${START}gemini-3\\.5-flash-lite` },
    parameters: ['presence_penalty', 'frequency_penalty'],
    demand: ABSENT,
    reason: 'Gemini 3.5 Flash-Lite refuses it',
    source: 'gemini-flash-lite',
  }),
  rule({
    id: 'gemini-json-with-tools',
    match: { families: GEMINI, models: `${START}gemini-[12]` },
    parameters: ['response_format'],
    when: [given('tools')],
    demand: ABSENT,
    reason: 'before Gemini 3 JSON answers and tools exclude each other',
    source: 'gemini-api',
  }),
  rule({
    id: 'vertex-service-tier',
    match: { families: GEMINI, prefixes: ['vertex_ai', 'vertex_ai_beta'] },
    parameters: ['service_tier'],
    demand: ABSENT,
    reason: 'on Vertex AI the class of service is a header, not a parameter',
    wayOut: 'use --header "X-Vertex-AI-LLM-Shared-Request-Type: flex"',
    source: 'ai-sdk',
  }),
  rule({
    id: 'gemini-small-cap',
    match: { families: GEMINI, models: `${V2_5}|${V3_ON}` },
    parameters: ['max_tokens'],
    when: [{ name: 'thinking_budget', noneOf: [0] }],
    demand: { kind: 'advice', limits: { ...NO_LIMITS, min: 1_000 }, mends: false },
    reason: 'the limit counts thinking too: a small one leaves answers empty',
    source: 'gemini-api',
  }),
];

function effortAsBudget(name: string, models: string, lowest: Readonly<Record<string, number>>): ParameterRule {
  return rule({
    id: `gemini-2.5-${name}-effort-as-budget`,
    match: { families: GEMINI, models },
    parameters: ['reasoning_effort'],
    demand: { kind: 'instead', other: 'thinking_budget', values: { ...lowest, ...BUDGETS } },
    reason: 'Gemini 2.5 thinks by a budget of tokens, not by effort',
    wayOut: `--param thinking_budget=${BUDGETS.low} (what LiteLLM makes of low; 2048 of medium, 4096 of high)`,
    source: 'litellm',
  });
}
