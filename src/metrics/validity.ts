import type { Plan } from '../model/plan.ts';
import type { CacheMode } from '../model/workload.ts';
import { MIN_SAMPLES, QUANTILES } from './quantile.ts';
import { tokenEntries } from './token-evidence.ts';
import { clientEntries } from './validity-client.ts';
import { percent, type ValidityEntry, type ValidityLevel } from './validity-entry.ts';
import type { ValidityInput } from './validity-input.ts';
import { loadEntries } from './validity-load.ts';
import { turnEntries } from './validity-turns.ts';

export type { ValidityEntry, ValidityLevel } from './validity-entry.ts';
export type { ValidityInput } from './validity-input.ts';

const MAX_THROTTLED_RATIO = 0.1;
const NOTED_COALESCED_RATIO = 0.1;
const NOTED_CACHED_RATIO = 0.01;
const NOTED_NEW_CONNECTIONS_RATIO = 0.1;

/** The ledger, in the order of the questions a doubter asks: was the load as asked, was the client fit, what did the server do. */
export function validityOf(input: ValidityInput): readonly ValidityEntry[] {
  return [
    ...completedEntries(input),
    ...turnEntries(input.plan),
    ...loadEntries(input),
    ...clientEntries(input),
    ...connectionEntries(input),
    ...streamEntries(input),
    ...answerEntries(input),
    samplesEntry(input),
  ];
}

/** The worst level of a ledger. */
export function worstLevel(entries: readonly ValidityEntry[]): ValidityLevel {
  if (entries.some((entry) => entry.level === 'invalid')) return 'invalid';
  return entries.some((entry) => entry.level === 'note') ? 'note' : 'ok';
}

/** Without an answer there is nothing that could be valid. */
function completedEntries({ completed, requests }: ValidityInput): readonly ValidityEntry[] {
  if (completed > 0) return [];
  const hint = requests === 0 ? 'the run ended before its measured phase' : 'see the failures by kind';
  return [{ id: 'nothing-completed', level: 'invalid', text: `0 of ${requests} requests completed`, hint }];
}

function connectionEntries(input: ValidityInput): readonly ValidityEntry[] {
  if (input.requests === 0) return [];
  const ratio = input.newConnections / input.requests;
  const isMuch = ratio > NOTED_NEW_CONNECTIONS_RATIO;
  const cold: readonly ValidityEntry[] =
    input.plan.warmupRequests > 0
      ? []
      : [
          {
            id: 'cold-start',
            level: 'note',
            text: 'there was no warm-up: the first requests paid for connections and cold code',
            hint: 'leave --warmup at 1 or more',
          },
        ];
  return [
    {
      id: 'new-connections',
      level: isMuch ? 'note' : 'ok',
      text: `${input.newConnections} of ${input.requests} requests opened a connection (${percent(ratio)})`,
      hint: isMuch
        ? 'their TTFT holds DNS, TCP and TLS: warm up with one request more than run at once, or see whether the server closes connections'
        : undefined,
    },
    ...cold,
  ];
}

function streamEntries(input: ValidityInput): readonly ValidityEntry[] {
  const entries: ValidityEntry[] = [];
  if (input.events > 0) {
    const ratio = input.coalescedEvents / input.events;
    const isMuch = ratio > NOTED_COALESCED_RATIO;
    entries.push({
      id: 'coalesced-events',
      level: isMuch ? 'note' : 'ok',
      text: `${percent(ratio)} of token events shared a read with another`,
      hint: isMuch
        ? 'gaps between tokens say more about the network than about the model; trust tpot over itl and tbt'
        : undefined,
    });
  }
  if (input.buffered > 0) {
    entries.push({
      id: 'buffered-streams',
      level: 'note',
      text: `${input.buffered} of ${input.streamed} streams arrived in one piece`,
      hint: 'a proxy may be holding streams back: their tpot is undefined and their ttft is really the end',
    });
  }
  const unstreamed = input.completed - input.streamed;
  if (unstreamed > 0 && input.plan.isStreamed) {
    entries.push({
      id: 'not-streamed',
      level: 'note',
      text: `${unstreamed} of ${input.completed} answers came as one body, though a stream was asked for`,
      hint: 'ttft and token gaps are undefined for them; does the server stream for this model?',
    });
  }
  return entries;
}

function answerEntries(input: ValidityInput): readonly ValidityEntry[] {
  return [
    ...failureEntries(input),
    ...cacheEntries(input),
    ...tokenEntries(input.tokenCounts),
    ...soundnessEntries(input),
    ...hiddenReasoningEntries(input),
    ...modelEntries(input),
  ];
}

function failureEntries(input: ValidityInput): readonly ValidityEntry[] {
  const ended = input.completed + input.failed;
  if (ended === 0) return [];
  const throttledRatio = input.throttled / ended;
  const entries: ValidityEntry[] = [
    {
      id: 'errors',
      level: input.failed > 0 ? 'note' : 'ok',
      text: `${input.failed} of ${ended} requests failed (${percent(input.failed / ended)})`,
      hint: input.failed > 0 ? 'latencies are of completed requests only; see the failures by kind' : undefined,
    },
  ];
  if (input.throttled > 0) {
    const isMuch = throttledRatio > MAX_THROTTLED_RATIO;
    entries.push({
      id: 'throttled',
      level: isMuch ? 'invalid' : 'note',
      text: `${input.throttled} requests were throttled (${percent(throttledRatio)})`,
      hint: 'what was measured is the limit of the account, not the model: lower --rate or --concurrency',
    });
  }
  return entries;
}

const CACHE_HINTS: Readonly<Record<CacheMode, string>> = {
  cold: 'the prompts were meant to be new to the server, yet its cache knew part of them',
  warm: 'TTFT is that of a warm prompt cache, as it was asked for',
  natural: 'TTFT is that of a warm prompt cache; add --cache cold for a cold one',
};

const SHARED_HINT = 'prompts were asked to share beginnings: a part of this is what was meant to be measured';

/** Whether requests have something in common by plan: turns of a conversation, prefixes, or blocks of a trace. */
function isSharing({ conversation, workload }: Plan): boolean {
  return conversation !== undefined || /^(trace |synthetic .*prefix share )/.test(workload.source);
}

function cacheEntries({ cachedInputTokens, inputTokens, plan }: ValidityInput): readonly ValidityEntry[] {
  if (cachedInputTokens === undefined || inputTokens === 0) return [];
  const ratio = cachedInputTokens / inputTokens;
  const isMuch = ratio >= NOTED_CACHED_RATIO;
  const hint = plan.cache === 'cold' && isSharing(plan) ? SHARED_HINT : CACHE_HINTS[plan.cache];
  return [
    {
      id: 'cached-tokens',
      level: isMuch ? 'note' : 'ok',
      text: `${percent(ratio)} of input tokens came from a prompt cache`,
      hint: isMuch ? hint : undefined,
    },
  ];
}

function soundnessEntries({ completed, tokensUnsound }: ValidityInput): readonly ValidityEntry[] {
  if (tokensUnsound === 0) return [];
  return [
    {
      id: 'token-totals',
      level: 'note',
      text: `${tokensUnsound} of ${completed} answers give another total of tokens than their input and output make`,
      hint: 'tokens and cost may be wrong: compare them with the provider’s own usage, which is kept with each request',
    },
  ];
}

/** Hidden reasoning is generated before the first token that is sent, but its tokens are counted with the rest. */
function hiddenReasoningEntries({ hiddenReasoningTokens, outputTokens }: ValidityInput): readonly ValidityEntry[] {
  if (hiddenReasoningTokens === 0) return [];
  return [
    {
      id: 'hidden-reasoning',
      level: 'note',
      text: `${hiddenReasoningTokens} of ${outputTokens} output tokens were reasoning that was not sent`,
      hint: 'it took its time before ttft, yet counts in tpot and tokens per second, which look better than they are: trust tbt',
    },
  ];
}

const NAMED_MODELS = 3;

function named(models: readonly string[]): string {
  const more = models.length > NAMED_MODELS ? ` and ${models.length - NAMED_MODELS} others` : '';
  return `${models.slice(0, NAMED_MODELS).join(', ')}${more}`;
}

function modelEntries({ modelsAnswered, model }: ValidityInput): readonly ValidityEntry[] {
  const others = modelsAnswered.filter((answered) => answered !== model);
  if (others.length === 0) return [];
  return [
    {
      id: 'model-answered',
      level: 'note',
      text: `asked for ${model}, answered by ${named(others)}`,
      hint: 'an alias or a snapshot name is normal; another model is not',
    },
  ];
}

function samplesEntry({ completed }: ValidityInput): ValidityEntry {
  const short = QUANTILES.filter((name) => completed < MIN_SAMPLES[name]);
  if (short.length === 0) return { id: 'samples', level: 'ok', text: `${completed} samples`, hint: undefined };
  const needs = short.map((name) => `${name} needs ${MIN_SAMPLES[name]}`).join(', ');
  return {
    id: 'samples',
    level: 'note',
    text: `${completed} samples: ${needs}`,
    hint: 'raise --num-requests, --runs or --duration',
  };
}
