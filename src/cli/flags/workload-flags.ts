import { draftWorkload } from '../../app/draft-workload.ts';
import { type DraftedWorkload, fittingTiers, prepareWorkload } from '../../app/prepare-workload.ts';
import { AppError } from '../../errors.ts';
import type { Load } from '../../model/load.ts';
import type { Conversation, Plan } from '../../model/plan.ts';
import type { WorkloadItems } from '../../model/recipe.ts';
import type { CacheMode } from '../../model/workload.ts';
import type { PlanFlags } from './run-flags.ts';
import { optional } from './target-flags.ts';
import { conflict, invalidFlag, readCount, readDuration } from './values.ts';

/** Where the user says no number: enough for a median, and not dear. */
const DEFAULT_MADE_REQUESTS = 100;

/** Kinds of prompts, of which one is given. */
const KINDS = [
  ['prompt', '--prompt'],
  ['promptFile', '--prompt-file'],
  ['synthetic', '--synthetic'],
  ['dataset', '--dataset'],
  ['trace', '--trace'],
] as const satisfies readonly (readonly [keyof PlanFlags, string])[];

/** Reads what is to be sent, without the targets. Rejects with FLAG_* and FILE_* codes. */
export async function draftPrompts(flags: PlanFlags): Promise<DraftedWorkload> {
  const { prompt = [], promptFile } = flags;
  const [first, second] = KINDS.filter(([key]) => flags[key] !== undefined);
  if (first !== undefined && second !== undefined) throw conflict(first[1], second[1], 'give prompts in one way');
  if (first === undefined) {
    throw new AppError('FLAG_MISSING', {
      flag: '--prompt-file',
      hint: 'name a file of prompts, or give one: --prompt "Say hello"',
    });
  }
  if (prompt.some((text) => text.trim() === '')) throw invalidFlag('--prompt', 'the text is empty');
  return draftWorkload({
    texts: prompt,
    file: promptFile,
    synthetic: flags.synthetic,
    prefixShare: flags.prefixShare,
    turns: flags.turns,
    dataset: flags.dataset,
    trace: flags.trace,
    mostPrompts: mostPromptsOf(flags),
  });
}

/** Where only a time was said: as many different prompts as most runs of a dataset have. */
const DEFAULT_TIMED_PROMPTS = 1_000;
const MOST_PROMPTS = 10_000;

function mostPromptsOf({ numRequests, duration }: PlanFlags): number {
  const requests = optional(numRequests, '--num-requests', readCount);
  return Math.min(requests ?? (duration === undefined ? DEFAULT_MADE_REQUESTS : DEFAULT_TIMED_PROMPTS), MOST_PROMPTS);
}

export interface PromptsOptions {
  readonly drafted: DraftedWorkload;
  readonly load: Load;
  /** Undefined: the plan has no end in numbers yet. */
  readonly stopRequests: number | undefined;
}

/** What the flags say of how prompts are sent, as parts of a plan. */
export function readSending(
  flags: PlanFlags,
  { drafted, load }: Pick<PromptsOptions, 'drafted' | 'load'>,
): Pick<Plan, 'cache' | 'contextTiers' | 'conversation' | 'outputLength'> {
  const contextTiers = readTiers(flags.contextTiers);
  const cache = readCache(flags, { load, isMade: drafted.kind !== 'given' || contextTiers.length > 0 });
  if (flags.trace !== undefined) refuseBesideTrace(contextTiers, cache);
  return {
    cache,
    contextTiers,
    conversation: readConversation(flags, drafted),
    outputLength: flags.outputLength ?? 'limit',
  };
}

function refuseBesideTrace(tiers: readonly number[], cache: CacheMode): void {
  if (tiers.length > 0) throw conflict('--context-tiers', '--trace', 'the trace says how long each prompt is');
  if (cache === 'warm') throw conflict('--cache warm', '--trace', 'the trace says what its prompts share');
}

/** Without a limit there is no length to be exact about. Throws FLAG_MISSING. */
export function requireLength(drafted: DraftedWorkload, maxTokens: unknown): void {
  const isSaid = drafted.kind === 'dataset' || (drafted.kind === 'made' && saysLength(drafted.prompts));
  if (isSaid || maxTokens !== undefined) return;
  throw new AppError('FLAG_MISSING', {
    flag: '--max-tokens',
    hint: '--output-length exact needs a length: add it, or out= to --synthetic',
  });
}

function saysLength(prompts: Extract<DraftedWorkload, { kind: 'made' }>['prompts']): boolean {
  return prompts.kind !== 'synthetic' || prompts.output !== undefined;
}

/** `0,1k,10k`: ascending, without repeats. */
function readTiers(text: string | undefined): readonly number[] {
  if (text === undefined) return [];
  const tiers = text.split(',').map((part) => {
    const match = /^\s*(\d{1,9})\s*([kK]?)\s*$/.exec(part);
    if (match === null)
      throw invalidFlag('--context-tiers', `"${part.trim()}" is no number of tokens; write 0,1k,10k,50k`);
    return Number(match[1]) * (match[2] === '' ? 1 : 1_000);
  });
  return [...new Set(tiers)].sort((a, b) => a - b);
}

/** A load of many requests would measure the prompt cache of the server; a few prompts, one after the other, are sent as they are. */
function readCache(
  { cache, randomizePrompt }: PlanFlags,
  { load, isMade }: { readonly load: Load; readonly isMade: boolean },
): CacheMode {
  if (randomizePrompt === true && cache !== undefined && cache !== 'cold')
    throw conflict('--randomize-prompt', `--cache ${cache}`, '--randomize-prompt is another name of --cache cold');
  const isLoad = isMade || load.kind !== 'closed-loop' || load.concurrency > 1 || load.stages.length > 0;
  return cache ?? (randomizePrompt === true || isLoad ? 'cold' : 'natural');
}

function readConversation(flags: PlanFlags, drafted: DraftedWorkload): Conversation | undefined {
  const thinkTimeMs = optional(flags.thinkTime, '--think-time', readDuration);
  const maxTurns = maxTurnsOf(drafted);
  if (maxTurns === undefined) {
    if (thinkTimeMs === undefined) return undefined;
    throw new AppError('FLAG_MISSING', {
      flag: '--turns',
      hint: '--think-time passes between the turns of a conversation',
    });
  }
  return { maxTurns, thinkTimeMs: thinkTimeMs ?? 0 };
}

function maxTurnsOf(drafted: DraftedWorkload): number | undefined {
  if (drafted.kind === 'dataset') return drafted.turns;
  const turns = drafted.kind === 'made' && drafted.prompts.kind === 'synthetic' ? drafted.prompts.turns : undefined;
  return turns === undefined ? undefined : mostOf(turns);
}

/** Without an upper limit a law's most is not known; nobody talks that long. */
const ENDLESS_TURNS = 1_000;

function mostOf({ law, max }: NonNullable<SyntheticTurns>): number {
  if (law.kind === 'constant') return law.tokens;
  if (law.kind === 'uniform') return law.to;
  return max ?? (law.kind === 'empirical' ? (law.tokens.at(-1) ?? 1) : ENDLESS_TURNS);
}

type SyntheticTurns = Extract<Extract<DraftedWorkload, { kind: 'made' }>['prompts'], { kind: 'synthetic' }>['turns'];

/** Different prompts that are made for a warm cache, where the user says no number. */
const DEFAULT_WARM_PROMPTS = 10;

/** Different prompts of a drafted workload, each with each tier; undefined: every request has its own. */
export function promptCountOf(drafted: DraftedWorkload, tiers: number): number | undefined {
  const each = countOf(drafted);
  return each === undefined ? undefined : each * Math.max(1, tiers);
}

/** Of a dataset that is still to be read: the most that may be found. */
function countOf(drafted: DraftedWorkload): number | undefined {
  if (drafted.kind === 'given') return drafted.workload.items.length;
  if (drafted.kind === 'dataset') return drafted.mostPrompts;
  const { prompts } = drafted;
  if (prompts.kind === 'synthetic') return prompts.prompts;
  return prompts.kind === 'trace' ? prompts.arrivesAtMs.length : prompts.prompts.length;
}

/** Requests where neither a number nor a time was said. */
export function defaultRequests(drafted: DraftedWorkload, promptCount: number | undefined): number {
  const isTrace = drafted.kind === 'made' && drafted.prompts.kind === 'trace';
  if (promptCount === undefined) return DEFAULT_MADE_REQUESTS;
  return drafted.kind !== 'given' && !isTrace ? Math.min(promptCount, DEFAULT_MADE_REQUESTS) : promptCount;
}

/** To be sent before measuring, so that the cache is warm: a number of prompts that can be sent at all. */
export function withWarmPrompts(drafted: DraftedWorkload, cache: CacheMode): DraftedWorkload {
  if (cache !== 'warm' || drafted.kind !== 'made' || drafted.prompts.kind !== 'synthetic') return drafted;
  return { ...drafted, prompts: { ...drafted.prompts, prompts: drafted.prompts.prompts ?? DEFAULT_WARM_PROMPTS } };
}

/** Requests of the warm-up: with a warm cache every prompt that is measured goes before. */
export function warmupOf(
  given: Pick<Plan, 'warmupRequests' | 'warmupMs'>,
  { cache, promptCount, requests }: { cache: CacheMode; promptCount: number | undefined; requests: number | undefined },
): Pick<Plan, 'warmupRequests' | 'warmupMs'> {
  if (cache !== 'warm') return given;
  if (given.warmupMs !== undefined)
    throw conflict('--warmup of a time', '--cache warm', 'the warm-up sends each prompt once, however long that takes');
  if (given.warmupRequests === 0) throw conflict('--warmup 0', '--cache warm', 'the warm-up is what warms the cache');
  const all = Math.min(promptCount ?? Number.POSITIVE_INFINITY, requests ?? Number.POSITIVE_INFINITY);
  return { warmupRequests: Math.max(given.warmupRequests, all), warmupMs: undefined };
}

/** The limit of output tokens that made prompts bring, where their law has an end. */
function longestAnswerOf(drafted: DraftedWorkload): number | undefined {
  if (drafted.kind !== 'made' || drafted.prompts.kind !== 'synthetic' || drafted.prompts.output === undefined)
    return undefined;
  const { law, max } = drafted.prompts.output;
  if (law.kind === 'constant') return law.tokens;
  return max ?? (law.kind === 'uniform' ? law.to : law.kind === 'empirical' ? law.tokens.at(-1) : undefined);
}

export interface FillOptions {
  /** The composition root of a counting thread. */
  readonly countingThreadUrl: URL;
  /** The user said how many requests there are. */
  readonly isCounted: boolean;
}

/** The prompts of a plan and what its user should know of them. Rejects with TIERS_TOO_LARGE, TOKENIZER_* and COUNTING_FAILED. */
export async function fillWorkload(
  drafted: DraftedWorkload,
  plan: Plan,
  { countingThreadUrl, isCounted }: FillOptions,
): Promise<{ readonly plan: Plan; readonly items: WorkloadItems; readonly notes: readonly string[] }> {
  const fitting = fittingTiers(plan, longestAnswerOf(drafted));
  const { items, origin, notes } = await prepareWorkload({ drafted, plan, tiers: fitting.tiers, countingThreadUrl });
  const filled = drafted.kind === 'dataset' ? withFound(plan, items, isCounted) : plan;
  return { plan: { ...filled, workload: origin }, items, notes: [...notes, ...fitting.notes] };
}

/** Where nobody said how many requests there are, each prompt of a dataset is sent once, and each conversation to its last turn. */
function withFound(plan: Plan, items: WorkloadItems, isCounted: boolean): Plan {
  if (!('prompts' in items) || items.prompts.kind !== 'listed') return plan;
  const { prompts } = items.prompts;
  const tiers = Math.max(1, plan.contextTiers.length);
  const turns = prompts.reduce((sum, { laterTurns }) => sum + 1 + laterTurns.length, 0);
  const isOpen = isCounted || plan.stop.requests === undefined;
  return {
    ...plan,
    stop: isOpen ? plan.stop : { ...plan.stop, requests: turns * tiers },
    warmupRequests: plan.cache === 'warm' ? Math.min(plan.warmupRequests, prompts.length * tiers) : plan.warmupRequests,
  };
}
