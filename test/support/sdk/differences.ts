// Where an SDK rightly tells an answer otherwise than we do, or refuses it, and why. All else must agree.
import { type Call, type Counts, MALFORMED, NO_COUNTS, type Told } from './story.ts';

/** `events`: the SDK's stream as it comes; `added`: what the SDK's own helper adds it up to; `whole`: an answer in one body. */
export type Teller = 'events' | 'added' | 'whole';

export interface Difference {
  /** Left out: all tellers of this answer. */
  readonly of?: Teller;
  readonly why: string;
  /** What it says when it refuses. */
  readonly refusal?: RegExp;
  /** What it tells otherwise; of usage, only the counts that differ. */
  readonly theirs?: Omit<Told, 'usage'> & { readonly usage?: Partial<Counts> };
}

const NO_CHUNKS: Difference = { of: 'added', why: 'there is nothing to add up', refusal: /without sending any chunks/ };
const NO_INDEX: Difference = {
  of: 'added',
  why: 'its type has an index in every piece of a call',
  refusal: /invalid tool call index/,
};
const OTHER_USAGE = { why: 'it knows usage in one place only', theirs: { usage: NO_COUNTS } };
const NO_CACHED = {
  why: 'it does not know this name of cached tokens',
  theirs: { usage: { cachedInputTokens: undefined } },
};
const NO_ANSWER: Difference = {
  why: 'it hands out whatever the body holds',
  refusal: /Cannot read properties|not iterable/,
};

const CHAT: Readonly<Record<string, readonly Difference[]>> = {
  'audio.sse': [{ why: 'sound counts as content with us', theirs: { content: '' } }],
  'azure-deepseek.sse': [
    { why: 'it does not know reasoning_tokens at the top', theirs: { usage: { reasoningTokens: undefined } } },
  ],
  'cerebras.sse': [
    {
      of: 'added',
      why: 'it puts two calls with one index together',
      theirs: {
        calls: [{ id: 'e0ec', name: 'get_weather', arguments: '{"city":"Bern"}{"city":"Graz"}' }] satisfies Call[],
      },
    },
  ],
  'empty.sse': [NO_CHUNKS],
  'error-object.sse': [{ why: 'an error without an `error` key is a chunk to it', refusal: /choices is not iterable/ }],
  'gemini.sse': [
    {
      why: 'it does not look for thoughts in the total: 12 + 62 = 74',
      theirs: { usage: { outputTokens: 12, reasoningTokens: undefined } },
    },
  ],
  'groq.sse': [OTHER_USAGE],
  'json-body-without-an-answer.sse': [NO_ANSWER],
  'json-list-error-body.sse': [NO_ANSWER],
  'litellm-claude.sse': [
    {
      why: 'it does not know LiteLLM’s names of cache writes',
      theirs: { usage: { cacheWriteInputTokens: undefined, longCacheWriteInputTokens: undefined } },
    },
  ],
  'llama-cpp-error-field.sse': [
    { of: 'events', why: 'the standard drops a field named error', theirs: { trouble: undefined } },
    { of: 'added', why: 'the standard drops a field named error', refusal: /missing finish_reason/ },
  ],
  'llama-cpp.sse': [NO_CACHED],
  'mistral-thinking.sse': [
    {
      why: 'content is a string to it',
      theirs: { content: '[object Object][object Object],[object Object] it is' },
    },
  ],
  'mistral-tools.sse': [
    {
      of: 'events',
      why: 'content is a string to it',
      theirs: { content: 'Two cities: [object Object],[object Object]' },
    },
    { of: 'added', why: 'Mistral leaves out the type of a call', refusal: /missing `type`/ },
  ],
  'moonshot-tool.sse': [NO_CACHED],
  'moonshot.sse': [OTHER_USAGE],
  'no-done-and-no-last-newline.sse': [{ of: 'added', why: 'nobody gave a role', refusal: /missing role/ }],
  'odd-framing.sse': [
    { of: 'events', why: 'it takes empty data for JSON', theirs: { content: 'A', trouble: MALFORMED } },
    { of: 'added', why: 'it takes empty data for JSON', theirs: { trouble: MALFORMED } },
  ],
  'only-a-byte-order-mark.sse': [NO_CHUNKS],
  'perplexity.sse': [
    {
      of: 'added',
      why: 'it takes the whole `message` beside the last delta for a beginning',
      theirs: { content: 'It is so[1]..' },
    },
  ],
  'tool-call-pieces-without-index.sse': [NO_INDEX],
  'tool-call-whole.sse': [
    { of: 'events', ...OTHER_USAGE },
    {
      of: 'added',
      why: 'arguments are a string to it, and usage stands in one place only',
      theirs: { usage: NO_COUNTS, calls: [{ id: 'fc_1', name: 'now', arguments: '[object Object]' }] satisfies Call[] },
    },
  ],
  'tool-calls-without-index-or-id.sse': [NO_INDEX],
  'tool-calls-without-index.sse': [NO_INDEX],
  'two-choices.sse': [
    {
      of: 'added',
      why: 'it orders calls by choice, we as they begin',
      theirs: {
        calls: [
          { id: 'call_x', name: 'x', arguments: [] },
          { id: 'call_y', name: 'y', arguments: {} },
        ] satisfies Call[],
      },
    },
  ],
  'web-page.sse': [
    { of: 'events', why: 'no line of a web page is a field', theirs: { trouble: undefined } },
    NO_CHUNKS,
  ],
  'xai-text-and-tool.sse': [
    { why: 'xAI has reasoning beside completion: 26 + 196 = 222', theirs: { usage: { outputTokens: 26 } } },
  ],
  'xai.sse': [{ why: 'xAI has reasoning beside completion: 9 + 340 = 349', theirs: { usage: { outputTokens: 9 } } }],
};

const COMPLETIONS: Readonly<Record<string, readonly Difference[]>> = {
  'body-of-something-else.body': [NO_ANSWER],
  'deepseek-cache.sse': [NO_CACHED],
  'error-object.sse': [{ why: 'an error without an `error` key is a chunk to it', refusal: /choices is not iterable/ }],
  'reasoning-counted.sse': [
    { why: 'the total shows reasoning beside completion: 9 + 340 = 349', theirs: { usage: { outputTokens: 9 } } },
  ],
};

const FROM_THE_START = { of: 'added', why: 'it wants response.created first', refusal: /hasn't been set yet/ } as const;
const UNKNOWN_EVENT = {
  of: 'added',
  why: 'it refuses events it does not know',
  refusal: /Unhandled response stream event/,
} as const;

const RESPONSES: Readonly<Record<string, readonly Difference[]>> = {
  'apply-patch.sse': [UNKNOWN_EVENT],
  'body-of-something-else.body': [NO_ANSWER],
  'error-flat.sse': [{ of: 'added', why: 'its item never began', refusal: /missing output/ }],
  'failed-without-words.sse': [
    {
      why: 'a failure is an error with us, also one without words',
      theirs: {
        trouble: undefined,
        finish: 'failed',
        usage: { inputTokens: 5, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 },
      },
    },
  ],
  'no-bytes.sse': [{ of: 'added', why: 'there is nothing to add up', refusal: /without sending any events/ }],
  'no-deltas.sse': [
    { of: 'events', why: 'no text comes in pieces', theirs: { content: '', finish: undefined } },
    FROM_THE_START,
  ],
  'only-the-last-event.sse': [
    { of: 'events', why: 'no text comes in pieces', theirs: { content: '', reasoning: '' } },
    FROM_THE_START,
  ],
  'picture.sse': [{ of: 'events', why: 'a picture comes with its item', theirs: { content: '' } }],
  'reasoning-apart.sse': [
    {
      of: 'events',
      why: 'it does not know Open Responses’ names; cached and reasoning stand beside: 10 + 90 and 9 + 340',
      theirs: { reasoning: '', usage: { inputTokens: 10, outputTokens: 9 } },
    },
    UNKNOWN_EVENT,
  ],
  'reasoning-summary.sse': [FROM_THE_START],
  'tool-calls-whole.sse': [
    { of: 'added', why: 'this gateway’s ids differ from event to event', refusal: /expected item_id/ },
  ],
};

const ANTHROPIC: Readonly<Record<string, readonly Difference[]>> = {
  'arguments-without-start.sse': [NO_CHUNKS],
  'compaction.sse': [
    { of: 'events', why: 'a compaction is a beta to it', theirs: { reasoning: '' } },
    {
      of: 'added',
      why: 'a compaction is a beta to it: 900 + 10 tokens were read and 200 + 5 written',
      theirs: { reasoning: '', usage: { inputTokens: 10, outputTokens: 5 } },
    },
  ],
  'duplicate-start.sse': [{ of: 'added', why: 'a proxy’s fault', refusal: /Unexpected event order/ }],
  'error-without-name.sse': [
    { of: 'events', why: 'it passes over events without a name', theirs: { trouble: undefined } },
    NO_CHUNKS,
  ],
  'fallback.sse': [
    { why: 'the model that answered is the one fallen back to', theirs: { model: 'claude-sonnet-4-6' } },
  ],
  'nothing.sse': [NO_CHUNKS],
  'openrouter.sse': [{ why: 'it takes OpenRouter’s [DONE] for JSON', theirs: { trouble: MALFORMED } }],
  'truncated.sse': [
    { of: 'events', why: 'an event whose end never came is lost to it', theirs: { content: 'One' } },
    { of: 'added', why: 'the message never ended', refusal: /without producing a Message/ },
  ],
};

const BY_STATUS: Difference = { why: 'it goes by the status', theirs: { trouble: undefined } };
const UNENDED: Difference = { why: 'it wants an empty line after the last event', refusal: /Incomplete JSON segment/ };

const GEMINI: Readonly<Record<string, readonly Difference[]>> = {
  'error-list-in-event.sse': [{ why: 'it does not look into a list', theirs: { trouble: undefined } }],
  'list-error-body.sse': [{ why: 'it does not look into a list', theirs: { trouble: undefined } }],
  'list-of-chunks.sse': [
    {
      why: 'it does not look into a list',
      theirs: { content: '', finish: undefined, usage: NO_COUNTS, model: undefined },
    },
  ],
  'odd-framing.sse': [
    { why: 'it reads one data line an event', theirs: { content: '', finish: undefined, trouble: MALFORMED } },
  ],
  'truncated.sse': [UNENDED],
  'web-page.sse': [UNENDED],
  'whole-error.body': [BY_STATUS],
};

const CUT_OFF: Difference = { why: 'the stream ended within a message', refusal: /Truncated event message/ };
const NO_FRAMING: Difference = { why: 'these are no messages of AWS', refusal: /Truncated event message/ };

const BEDROCK_CONVERSE: Readonly<Record<string, readonly Difference[]>> = {
  'exception-without-message.eventstream': [{ why: 'it has another word', theirs: { trouble: 'Unknown' } }],
  'other-events.eventstream': [{ why: 'it does not look whether a text is one', theirs: { content: '7' } }],
  'truncated-metadata.eventstream': [CUT_OFF],
  'truncated.eventstream': [CUT_OFF],
  'web-page.sse': [NO_FRAMING],
  'whole-error.body': [BY_STATUS],
};

const BEDROCK_INVOKE: Readonly<Record<string, readonly Difference[]>> = {
  'nothing.eventstream': [NO_CHUNKS],
  'other-events.eventstream': [{ why: 'it takes a chunk without bytes for JSON', theirs: { trouble: MALFORMED } }],
  'pretty.eventstream': [
    { of: 'events', why: 'nobody said which kind of delta it is', theirs: { content: '' } },
    NO_CHUNKS,
  ],
  'truncated-end.eventstream': [CUT_OFF],
  'truncated.eventstream': [CUT_OFF],
  'unwrapped.sse': [NO_FRAMING],
  'whole-error.body': [BY_STATUS],
};

export const DIFFERENCES: Readonly<Record<string, Readonly<Record<string, readonly Difference[]>>>> = {
  'openai-chat': CHAT,
  'openai-completions': COMPLETIONS,
  'openai-responses': RESPONSES,
  'anthropic-messages': ANTHROPIC,
  gemini: GEMINI,
  'bedrock-converse': BEDROCK_CONVERSE,
  'bedrock-invoke': BEDROCK_INVOKE,
};
