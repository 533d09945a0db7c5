import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { PromptRecipe, SyntheticPrompts, WordPool, WorkloadItems } from '../model/recipe.ts';
import type { WorkloadOrigin } from '../model/workload.ts';
import { type Dataset, findWordPool, readDataset, type Workload } from '../workloads/open.ts';
import { tokenizerOf } from './count-tokens.ts';
import { startCountingThread } from './counting-thread-client.ts';

/** Prompts as far as they are known before the targets are. */
export type DraftedWorkload =
  | { readonly kind: 'given'; readonly workload: Workload }
  | {
      readonly kind: 'made';
      readonly prompts: PromptRecipe['prompts'];
      readonly source: string;
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'dataset';
      readonly file: string;
      /** Undefined: the first question of each conversation. */
      readonly turns: number | undefined;
      readonly mostPrompts: number;
    };

/** What is left of it when a dataset has been read. */
type KnownWorkload = Exclude<DraftedWorkload, { readonly kind: 'dataset' }>;

export interface PrepareInput {
  readonly drafted: DraftedWorkload;
  readonly plan: Pick<Plan, 'targets' | 'tokenCounting' | 'cache' | 'seed' | 'contextTiers' | 'parameters'>;
  /** By target: what fits it. */
  readonly tiers: readonly (readonly number[])[];
  /** The composition root of a counting thread. */
  readonly countingThreadUrl: URL;
}

/** The prompts of a run, and where they come from. Rejects with TOKENIZER_* and COUNTING_FAILED. */
export async function prepareWorkload(input: PrepareInput): Promise<{
  readonly items: WorkloadItems;
  readonly origin: WorkloadOrigin;
  readonly notes: readonly string[];
}> {
  const { plan, tiers } = input;
  const drafted = input.drafted.kind === 'dataset' ? await openDataset(input.drafted, input) : input.drafted;
  const isPlain = drafted.kind === 'given' && plan.contextTiers.length === 0;
  if (isPlain) return { items: drafted.workload.items, origin: drafted.workload.origin, notes: [] };
  const prompts: PromptRecipe['prompts'] =
    drafted.kind === 'made'
      ? drafted.prompts
      : {
          kind: 'listed',
          prompts: drafted.workload.items.map((item) => ({ item, inputTokens: undefined, laterTurns: [] })),
          isConversation: false,
        };
  const needsWords = prompts.kind !== 'listed' || plan.contextTiers.some((tokens) => tokens > 0);
  const { pools, poolOf } = needsWords ? await findPools(input) : { pools: [], poolOf: [] };
  return {
    items: {
      prompts,
      seed: plan.seed,
      salt: plan.seed,
      isRepeatable: plan.cache === 'warm',
      pools,
      poolOf,
      tiers: plan.contextTiers.length === 0 ? [] : tiers,
    },
    origin: drafted.kind === 'given' ? drafted.workload.origin : originOf(drafted.prompts, drafted.source),
    notes: [...(drafted.kind === 'made' ? drafted.notes : []), ...new Set(pools.map(noteOf))],
  };
}

/** Recorded answers are counted by the tokenizer of the first target: the texts are the same for all. */
async function openDataset(
  { file, turns, mostPrompts }: Extract<DraftedWorkload, { readonly kind: 'dataset' }>,
  { plan, countingThreadUrl }: PrepareInput,
): Promise<KnownWorkload> {
  const { tokenizer } = tokenizerOf(plan, 0);
  const thread = startCountingThread(countingThreadUrl);
  try {
    const dataset = await readDataset({
      file,
      turns,
      most: mostPrompts,
      limitsByAnswer: plan.parameters.maxTokens === undefined,
      count: (texts) => thread.count({ tokenizer, texts }),
    });
    const { prompts } = dataset;
    const source = `dataset ${file}${turns === undefined ? '' : `, up to ${turns} turns`}`;
    return {
      kind: 'made',
      prompts: { kind: 'listed', prompts, isConversation: turns !== undefined },
      source,
      notes: [noteOfDataset(dataset, tokenizer)],
    };
  } finally {
    await thread.end();
  }
}

function noteOfDataset({ prompts, read, passedOver }: Dataset, tokenizer: string): string {
  const reasons = [
    [passedOver.unanswered, 'without an answer'],
    [passedOver.short, 'too short'],
    [passedOver.long, 'too long'],
  ] as const;
  const left = reasons.filter(([count]) => count > 0).map(([count, why]) => `${count} ${why}`);
  const counted = prompts.some(({ inputTokens }) => inputTokens !== undefined) ? `, counted by ${tokenizer}` : '';
  return `dataset: ${prompts.length} prompts of ${read} entries read${left.length === 0 ? '' : ` (${left.join(', ')})`}${counted}`;
}

function originOf(prompts: PromptRecipe['prompts'], source: string): WorkloadOrigin {
  const hash = createHash('sha256');
  const numbers: ArrayBufferView[] = [];
  // A trace may have millions of numbers: they are hashed as they lie in memory.
  const rest = JSON.stringify(prompts, (_, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    numbers.push(value);
    return `${value.byteLength} bytes`;
  });
  hash.update(rest);
  for (const each of numbers) hash.update(new Uint8Array(each.buffer, each.byteOffset, each.byteLength));
  return { source, sha256: hash.digest('hex'), items: countOf(prompts) };
}

function countOf(prompts: PromptRecipe['prompts']): number | undefined {
  if (prompts.kind === 'listed') return prompts.prompts.length;
  return prompts.kind === 'trace' ? prompts.arrivesAtMs.length : prompts.prompts;
}

function noteOf({ tokenizer, isExact, isApproximate }: WordPool): string {
  if (!isExact) return `lengths of made prompts are about right: ${tokenizer} has too few whole words to be exact`;
  return isApproximate
    ? `lengths of made prompts are exact by ${tokenizer}, which may not be the model’s own tokenizer; name it by --tokenizer`
    : `lengths of made prompts are exact by ${tokenizer}, chat template not counted`;
}

/** A pool for each tokenizer: several targets get texts of the same lengths, each by its own. */
async function findPools({ plan, countingThreadUrl }: PrepareInput): Promise<Pick<PromptRecipe, 'pools' | 'poolOf'>> {
  const choices = plan.targets.map((_, index) => tokenizerOf(plan, index));
  const keys = choices.map(({ tokenizer, isApproximate }) => `${tokenizer} ${isApproximate}`);
  const unique = [...new Set(keys)];
  const thread = startCountingThread(countingThreadUrl);
  try {
    const pools: WordPool[] = [];
    for (const key of unique) {
      const choice = choices[keys.indexOf(key)];
      if (choice === undefined) continue;
      const { tokenizer, isApproximate } = choice;
      pools.push(await findWordPool((texts) => thread.count({ tokenizer, texts }), isApproximate));
    }
    return { pools, poolOf: keys.map((key) => unique.indexOf(key)) };
  } finally {
    await thread.end();
  }
}

/** Room that is left beside context and answer, for the prompt and what the chat template adds. */
const ALLOWANCE_TOKENS = 100;

/**
 * The context tiers that each target can take: those of at most its context window less the limit of output tokens less 100. All where the
 * window is not known. Throws TIERS_TOO_LARGE for a target that can take none.
 */
export function fittingTiers(
  plan: Pick<Plan, 'targets' | 'parameters' | 'contextTiers'>,
  outputTokens: number | undefined,
): { readonly tiers: readonly (readonly number[])[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const tiers = plan.targets.map((target) => {
    const { contextWindow, parameters } = target.profile;
    if (contextWindow === undefined) return plan.contextTiers;
    const answer = outputTokens ?? (parameters ?? plan.parameters).maxTokens ?? 0;
    const room = contextWindow - answer - ALLOWANCE_TOKENS;
    const fitting = plan.contextTiers.filter((tokens) => tokens <= room);
    const model = `${target.provider} ${target.model}`;
    if (fitting.length === 0 && plan.contextTiers.length > 0)
      throw new AppError('TIERS_TOO_LARGE', { model, room: String(Math.max(0, room)) });
    for (const tokens of plan.contextTiers) {
      if (tokens > room)
        notes.push(
          `${model}: the tier of ${tokens} tokens is skipped: ${contextWindow} of context less ${answer} of answer less ${ALLOWANCE_TOKENS} leave ${room}`,
        );
    }
    return fitting;
  });
  return { tiers, notes };
}

/** Says what a synthetic workload is, as its user wrote it. */
export function describeSynthetic(text: string, prompts: SyntheticPrompts): string {
  const share = prompts.prefix === undefined ? '' : `, prefix share ${prompts.prefix.ratio} of ${prompts.prefix.count}`;
  return `synthetic ${text.trim()}${share}`;
}
