import type { FamilyId } from './family.ts';
import { between, from, oneOf } from './limits.ts';
import type { Match } from './matching.ts';
import { ABSENT, absentUnless, given, missing, type ParameterRule, rule, SAID, within } from './rule.ts';

/** Their models are known by name, wherever a request is passed on to them. */
const OPENAI: readonly FamilyId[] = ['openai', 'azure', 'unknown'];
const OWN: readonly FamilyId[] = ['openai', 'azure'];

const START = '(^|[/:])';
/** GPT-5 and all that come after it, but for the chat model that does not reason. */
const O_SERIES = `${START}o\\d+(-|$)`;
const GPT_5_ON = `${START}gpt-([5-9]|[1-9]\\d)(?!\\d)`;
const REASONING = `${O_SERIES}|${GPT_5_ON}`;
const CHAT = `${START}gpt-5-chat`;
/** Those that take sampling parameters once reasoning is off; later families have no `none`, as far as is known. */
const CAN_STOP_REASONING = `${START}gpt-(5\\.[1-6](?!\\d)|6-(luna|sol)|6\\.1-terra)`;
const PRO_OR_CODEX = '-(pro|codex)(-|$)';
const FROM_GPT_5_6 = `${START}gpt-(5\\.6(?!\\d)|[6-9]|[1-9]\\d)`;
const NOT_REASONING = `${START}(gpt-3|gpt-4|chatgpt-4o|gpt-5-chat)`;

const SAMPLING = ['top_p', 'logprobs', 'top_logprobs'] as const;
const STILL_REASONING = [{ name: 'reasoning_effort', noneOf: ['none'] }] as const;
const BY_NONE = '--param reasoning_effort=none lets it through';

export const OPENAI_RULES: readonly ParameterRule[] = [
  rule({
    id: 'openai-reasoning-temperature',
    match: { families: OPENAI, models: REASONING, except: `${CHAT}|${CAN_STOP_REASONING}` },
    parameters: ['temperature'],
    demand: absentUnless(oneOf(1)),
    reason: 'OpenAI’s reasoning models take no temperature but 1',
    source: 'openai-reasoning',
    yieldsTo: 'temperature',
  }),
  rule({
    id: 'openai-reasoning-sampling',
    match: { families: OPENAI, models: REASONING, except: `${CHAT}|${CAN_STOP_REASONING}` },
    parameters: SAMPLING,
    demand: ABSENT,
    reason: 'OpenAI’s reasoning models refuse it',
    source: 'openai-reasoning',
  }),
  rule({
    id: 'openai-reasoning-on-temperature',
    match: { families: OPENAI, models: CAN_STOP_REASONING },
    parameters: ['temperature'],
    when: STILL_REASONING,
    demand: absentUnless(oneOf(1)),
    reason: 'this model takes a temperature only with reasoning off',
    wayOut: BY_NONE,
    source: 'openai-compatibility',
    yieldsTo: 'temperature',
  }),
  rule({
    id: 'openai-reasoning-on-sampling',
    match: { families: OPENAI, models: CAN_STOP_REASONING },
    parameters: SAMPLING,
    when: STILL_REASONING,
    demand: ABSENT,
    reason: 'this model takes it only with reasoning off',
    wayOut: BY_NONE,
    source: 'openai-compatibility',
  }),
  rule({
    id: 'openai-reasoning-penalties',
    match: { families: OPENAI, models: REASONING, except: CHAT },
    parameters: ['presence_penalty', 'frequency_penalty', 'logit_bias'],
    demand: ABSENT,
    reason: 'OpenAI’s reasoning models refuse it',
    source: 'openai-reasoning',
  }),
  rule({
    id: 'openai-o-stop',
    match: { families: OPENAI, models: `${START}o[34](-|$)` },
    parameters: ['stop'],
    demand: ABSENT,
    reason: 'o3 and o4-mini refuse it',
    source: 'openai-sdk',
  }),
  rule({
    id: 'openai-gpt-5-stop',
    match: { families: OPENAI, models: GPT_5_ON, except: CHAT },
    parameters: ['stop'],
    demand: SAID,
    reason: 'LiteLLM takes GPT-5 and later to refuse it; OpenAI’s reference names only o3 and o4-mini',
    source: 'litellm',
    isVerified: false,
  }),
  rule({
    id: 'openai-search-temperature',
    match: { families: OPENAI, models: 'search-preview' },
    parameters: ['temperature'],
    demand: ABSENT,
    reason: 'search-preview models refuse it',
    source: 'ai-sdk',
    yieldsTo: 'temperature',
  }),
  ...effortRules(),
  rule({
    id: 'openai-no-reasoning',
    match: { families: OWN, models: NOT_REASONING },
    parameters: ['reasoning_effort', 'verbosity'],
    demand: ABSENT,
    reason: 'this model does not reason',
    source: 'openai-api',
    yieldsTo: 'reasoning',
  }),
  rule({
    id: 'openai-top-logprobs',
    match: { families: OWN, dialects: ['openai-chat'] },
    parameters: ['top_logprobs'],
    when: [{ name: 'logprobs', noneOf: [true] }],
    demand: ABSENT,
    reason: 'top_logprobs needs logprobs=true',
    wayOut: 'add --param logprobs=true',
    source: 'openai-api',
  }),
  rule({
    id: 'openai-parallel-without-tools',
    match: { families: OWN },
    parameters: ['parallel_tool_calls'],
    when: [missing('tools')],
    demand: ABSENT,
    reason: 'OpenAI refuses parallel_tool_calls without tools',
    source: 'openai-api',
  }),
  rule({
    id: 'openai-tools-with-reasoning',
    match: { families: OPENAI, dialects: ['openai-chat'], models: FROM_GPT_5_6 },
    parameters: ['tools'],
    when: STILL_REASONING,
    demand: ABSENT,
    reason: 'from GPT-5.6 on chat completions take no function tools while the model reasons',
    wayOut: `use --dialect openai-responses, or ${BY_NONE}`,
    source: 'ai-sdk',
  }),
  rule({
    id: 'openai-prompt-tools-with-reasoning',
    match: { families: OPENAI, dialects: ['openai-chat'], models: FROM_GPT_5_6 },
    parameters: [],
    when: [given('tools'), ...STILL_REASONING],
    demand: SAID,
    reason: `from GPT-5.6 on chat completions take no function tools while the model reasons: ${BY_NONE}`,
    source: 'ai-sdk',
  }),
  rule({
    id: 'openai-flex',
    match: { families: OWN, models: `${NOT_REASONING}|${START}o1` },
    parameters: ['service_tier'],
    when: [{ name: 'service_tier', oneOf: ['flex'] }],
    demand: ABSENT,
    reason: 'flex is there for o3, o4-mini and GPT-5 and later',
    source: 'ai-sdk',
  }),
  rule({
    id: 'openai-responses-lacks',
    match: { families: OPENAI, dialects: ['openai-responses'] },
    parameters: [
      'stop',
      'seed',
      'presence_penalty',
      'frequency_penalty',
      'n',
      'logit_bias',
      'min_tokens',
      'ignore_eos',
    ],
    demand: ABSENT,
    reason: 'the Responses API has no such parameter',
    wayOut: 'leave it out, or use --dialect openai-chat',
    source: 'openai-responses',
  }),
  rule({
    id: 'openai-completions-lacks',
    match: { families: OPENAI, dialects: ['openai-completions'] },
    parameters: ['reasoning_effort', 'verbosity', 'tools', 'tool_choice', 'parallel_tool_calls', 'top_logprobs'],
    demand: ABSENT,
    reason: 'the Completions API has no such parameter (its logprobs is a number)',
    wayOut: 'leave it out, or use --dialect openai-chat',
    source: 'openai-completions',
  }),
  rule({
    id: 'openai-completions-logprobs',
    match: { families: OPENAI, dialects: ['openai-completions'] },
    parameters: ['logprobs'],
    demand: within(between(0, 5)),
    reason: 'Completions give at most 5',
    source: 'openai-completions',
  }),
  rule({
    id: 'openai-seed',
    match: { families: OWN },
    parameters: ['seed'],
    demand: SAID,
    reason: 'deprecated, and best effort only: answers may differ all the same',
    source: 'openai-api',
  }),
  rule({
    id: 'openai-responses-only',
    match: { families: OWN, dialects: ['openai-chat'], models: `${GPT_5_ON}.*${PRO_OR_CODEX}|${START}o\\d-pro` },
    parameters: [],
    demand: SAID,
    reason: 'this model is known to exist on the Responses API only: use --dialect openai-responses',
    source: 'ai-sdk',
  }),
  rule({
    id: 'openai-small-cap',
    match: { families: OPENAI, models: REASONING, except: CHAT },
    parameters: ['max_tokens'],
    when: STILL_REASONING,
    demand: { kind: 'advice', limits: from(1_000), mends: false },
    reason: 'the limit counts reasoning too: a small one leaves answers empty, with finish reason length',
    source: 'openai-reasoning',
  }),
];

/** Which efforts there are changes with every family. Only those that are known are checked. */
function effortRules(): readonly ParameterRule[] {
  const families: readonly (readonly [
    id: string,
    models: string,
    except: string | undefined,
    efforts: readonly string[],
  ])[] = [
    ['o', O_SERIES, undefined, ['low', 'medium', 'high']],
    ['5-pro', `${START}gpt-5-pro`, undefined, ['high']],
    ['5-codex', `${START}gpt-5-codex`, undefined, ['low', 'medium', 'high']],
    ['5', `${START}gpt-5(-|$)`, `${CHAT}|${PRO_OR_CODEX}`, ['minimal', 'low', 'medium', 'high']],
    ['5.1', `${START}gpt-5\\.1(?!\\d)`, `${PRO_OR_CODEX}|-chat`, ['none', 'low', 'medium', 'high']],
    ['5.2-to-5.5', `${START}gpt-5\\.[2-5](?!\\d)`, `${PRO_OR_CODEX}|-chat`, ['none', 'low', 'medium', 'high', 'xhigh']],
    ['5-pros', `${START}gpt-5\\.\\d+-pro`, undefined, ['medium', 'high', 'xhigh']],
    ['6', `${START}gpt-([6-9]|[1-9]\\d)(?!\\d)`, CAN_STOP_REASONING, ['low', 'medium', 'high', 'xhigh', 'max']],
  ];
  return families.map(([id, models, except, efforts]) =>
    rule({
      id: `openai-efforts-${id}`,
      match: { families: OPENAI, models, ...(except === undefined ? {} : { except }) },
      parameters: ['reasoning_effort'],
      demand: within(oneOf(...efforts)),
      reason: `this model knows the efforts ${efforts.join(', ')}`,
      source: id === '6' ? 'ai-sdk' : 'models-dev',
      yieldsTo: 'efforts',
    }),
  );
}

/** Where a length limit must be called `max_completion_tokens`, whatever the endpoint takes else. */
export const NEEDS_MAX_COMPLETION_TOKENS: Match = {
  families: OPENAI,
  dialects: ['openai-chat'],
  models: REASONING,
  except: CHAT,
};
