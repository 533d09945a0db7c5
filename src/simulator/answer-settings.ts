// One table for two readers: the command line and the header `x-simulate` understand the same per-request settings.
import { parseDistribution } from './distribution.ts';
import { ANSWERS, type AnswerOptions, FIRST_CHUNKS, FRAMINGS, REASONING_FIELDS, USAGES } from './options.ts';
import { parseChoice, parseDurationMs, parseNumber, parseWholeNumber, parseYesOrNo } from './setting-values.ts';

export interface AnswerSetting {
  /** The value's name in help, `<distribution>`; undefined for a switch. */
  readonly argument: string | undefined;
  readonly description: string;
  readonly defaultValue: string | undefined;
  /** Throws InvalidValue. */
  readonly parse: (text: string) => Partial<AnswerOptions>;
}

type Parse = AnswerSetting['parse'];

/** By the flag's name without dashes, which is also the header's key. */
export const ANSWER_SETTINGS: ReadonlyMap<string, AnswerSetting> = new Map<string, AnswerSetting>([
  setting('ttft <distribution>', 'time to the first token, ms: 50, uniform:20..80 or lognormal:50,0.4', {
    defaultValue: '50',
    parse: (text) => ({ ttft: parseDistribution(text) }),
  }),
  setting('token-delay <distribution>', 'time from each token to the next, ms', {
    defaultValue: '10',
    parse: (text) => ({ tokenDelay: parseDistribution(text) }),
  }),
  setting('tokens <distribution>', 'answer tokens, without reasoning', {
    defaultValue: '32',
    parse: (text) => ({ tokens: parseDistribution(text) }),
  }),
  setting('tokens-per-chunk <count>', 'tokens in one chunk, sent when its first token is due', {
    defaultValue: '1',
    parse: (text) => ({ tokensPerChunk: parseWholeNumber(text, 1) }),
  }),
  setting('reasoning-tokens <count>', 'reasoning tokens before the answer', {
    defaultValue: '0',
    parse: (text) => ({ reasoningTokens: parseWholeNumber(text, 0) }),
  }),
  setting('hidden-reasoning-tokens <count>', 'reasoning tokens that are counted but never sent', {
    defaultValue: '0',
    parse: (text) => ({ hiddenReasoningTokens: parseWholeNumber(text, 0) }),
  }),
  setting('reasoning-field <name>', `field that carries reasoning: ${REASONING_FIELDS.join(' or ')}`, {
    defaultValue: 'reasoning_content',
    parse: (text) => ({ reasoningField: parseChoice(text, REASONING_FIELDS) }),
  }),
  setting(
    'answer <form>',
    'text; lines: with line breaks; tool-call: call the first of the tools that the request offers',
    {
      defaultValue: 'text',
      parse: (text) => ({ answer: parseChoice(text, ANSWERS) }),
    },
  ),
  setting('first-chunk <form>', 'role: role chunk of its own; text: role and text together; none: no role', {
    defaultValue: 'role',
    parse: (text) => ({ firstChunk: parseChoice(text, FIRST_CHUNKS) }),
  }),
  setting('role-delay <duration>', 'when the role chunk is sent; 0: together with the headers', {
    defaultValue: '0',
    parse: (text) => ({ roleDelayMs: parseDurationMs(text) }),
  }),
  setting('usage <form>', 'own: own chunk if asked for; finish: in the finish chunk; every: cumulative; none', {
    defaultValue: 'own',
    parse: (text) => ({ usage: parseChoice(text, USAGES) }),
  }),
  setting('input-tokens <count>', 'input tokens reported; default: one for each word of the prompt', {
    parse: (text) => ({ inputTokens: parseWholeNumber(text, 0) }),
  }),
  setting('cached-tokens <count>', 'how many of them are reported as read from a cache', {
    defaultValue: '0',
    parse: (text) => ({ cachedTokens: parseWholeNumber(text, 0) }),
  }),
  setting('cache-write-tokens <count>', 'how many of the others are reported as written to a cache', {
    defaultValue: '0',
    parse: (text) => ({ cacheWriteTokens: parseWholeNumber(text, 0) }),
  }),
  setting('framing <list>', `form of the event stream, several joined by commas: ${FRAMINGS.join(', ')}`, {
    defaultValue: 'lf',
    parse: (text) => ({ framing: text.split(',').map((name) => parseChoice(name.trim(), FRAMINGS)) }),
  }),
  setting('coalesce <count>', 'events in one write with --framing coalesced', {
    defaultValue: '4',
    parse: (text) => ({ coalesce: parseWholeNumber(text, 1) }),
  }),
  setting('retry-after <seconds>', 'Retry-After of 429, 503 and 529', {
    defaultValue: '1',
    parse: (text) => ({ retryAfterSeconds: parseNumber(text) }),
  }),
  setting('slow-end <duration>', 'how long the fault slow-end holds the body open after [DONE]', {
    defaultValue: '10s',
    parse: (text) => ({ slowEndMs: parseDurationMs(text) }),
  }),
  setting('model-answered <name>', 'model name in answers, if not the one asked for', {
    parse: (text) => ({ modelAnswered: text }),
  }),
  setting('no-stream-options', 'answer 400 to requests with stream_options', {
    parse: (text) => ({ acceptsStreamOptions: !parseYesOrNo(text) }),
  }),
  setting('cumulative-text', 'Triton: each event has all the text so far', {
    parse: (text) => ({ cumulativeText: parseYesOrNo(text) }),
  }),
  setting('ignore-stream', 'answer one JSON body though a stream was asked for', {
    parse: (text) => ({ ignoresStream: parseYesOrNo(text) }),
  }),
]);

function setting(
  usage: string,
  description: string,
  { defaultValue, parse }: { readonly defaultValue?: string; readonly parse: Parse },
): [string, AnswerSetting] {
  const [name = usage, argument] = usage.split(' ');
  return [name, { argument, description, defaultValue, parse }];
}
