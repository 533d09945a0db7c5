import { AppError } from '../../errors.ts';
import type { RequestRecord } from '../../model/record.ts';
import type { Target } from '../../model/target.ts';
import { type AddressedTarget, addressTargets } from '../address/address-targets.ts';
import type { Surroundings, TargetOptions } from '../address/target-options.ts';
import { askOnce } from '../ask-once.ts';
import type { AppContext } from '../context.ts';
import { loadProviders } from '../providers/load.ts';
import { readPromptAnswer } from './prompt-answer.ts';
import { checkPlace, fitsFormat, type PromptFormat, writePrompts } from './prompts-file.ts';

export interface GenerateInput {
  /** Which model is asked; nothing named: the first provider that is configured. */
  readonly options: TargetOptions;
  readonly count: number;
  /** What the prompts should be like, in words. */
  readonly instruction: string | undefined;
  readonly file: string;
  readonly format: PromptFormat;
  /** Overwrites a file that is there. */
  readonly isForced: boolean;
}

export interface GeneratedPrompts {
  readonly target: Target;
  readonly file: string;
  readonly format: PromptFormat;
  /** Written. */
  readonly count: number;
  /** Came, but have several lines, which this format cannot hold. */
  readonly unfit: number;
}

/** For a whole answer: reasoning models think about fifty prompts for a while. */
const TIMEOUT_MS = 300_000;

/**
 * Asks a model for diverse prompts and writes them into a file for `run --prompt-file`. What came is written even if it is less than
 * was asked for. Rejects with what `checkPlace` throws before anything is sent, with what `addressTargets` throws, KEY_REFUSED, PROMPTS_MISSING
 * (nothing was written) and FILE_NOT_CHANGED.
 */
export async function generatePrompts(
  context: AppContext,
  input: GenerateInput,
  surroundings: Surroundings,
): Promise<GeneratedPrompts> {
  const { count, file, format, isForced } = input;
  await checkPlace(file, isForced);
  const addressed = await firstTarget(input.options, surroundings);
  const { target } = addressed;
  const question = { prompt: requestFor(input), saveText: true, timeoutMs: TIMEOUT_MS };
  const [record] = await askOnce(context, [withRoom(addressed, count)], question);
  const prompts = readPromptAnswer(answerOf(record, target)).map((text) => ({ name: undefined, text }));
  const fitting = prompts.filter((prompt) => fitsFormat(prompt, format));
  const kept = fitting.slice(0, count);
  if (kept.length === 0) throw nothingCame(target, prompts.length > 0);
  await writePrompts(file, kept, { format, isForced });
  return { target, file, format, count: kept.length, unfit: prompts.length - fitting.length };
}

async function firstTarget(options: TargetOptions, surroundings: Surroundings): Promise<AddressedTarget> {
  const { names, providers, endpoints, models } = options;
  const isNamed = names.length + providers.length + endpoints.length + models.length > 0;
  const chosen = isNamed ? options : { ...options, providers: [await firstProvider(options, surroundings)] };
  const [first] = await addressTargets(chosen, surroundings);
  if (first === undefined) throw new Error('addressed nothing');
  return first;
}

async function firstProvider({ config }: TargetOptions, surroundings: Surroundings): Promise<string> {
  const place = { config: config ?? surroundings.config, userConfig: surroundings.userConfig };
  const { providers } = await loadProviders(place);
  return providers[0]?.name ?? '';
}

/** Roughly, with what JSON puts around them. */
const TOKENS_PER_PROMPT = 200;
const SPARE_TOKENS = 1_000;

/** Where a limit is wanted and none is given, the usual one would be too low for many prompts. */
function withRoom(addressed: AddressedTarget, count: number): AddressedTarget {
  const { target } = addressed;
  const { parameters, maxOutputTokens } = target.profile;
  if (target.dialect !== 'anthropic-messages' || parameters === undefined || parameters.maxTokens !== undefined) {
    return addressed;
  }
  const wanted = SPARE_TOKENS + count * TOKENS_PER_PROMPT;
  const maxTokens = Math.min(wanted, maxOutputTokens ?? wanted);
  const profile = { ...target.profile, parameters: { ...parameters, maxTokens } };
  return { ...addressed, target: { ...target, profile } };
}

function requestFor({ count, instruction, format }: GenerateInput): string {
  return [
    `Write exactly ${count} prompts that a user might send to a language model.`,
    'Make them as different as you can: in topic, in kind of task (explaining, coding, extracting, reasoning, translating, ' +
      'creative writing), in tone and in length. No two may ask for the same thing.',
    ...(instruction === undefined ? [] : [`What they should be like: ${instruction}`]),
    ...(format === 'txt' ? ['Each prompt is a single line.'] : []),
    `Answer with nothing but a JSON array of ${count} strings.`,
  ].join('\n');
}

function answerOf(record: RequestRecord | undefined, { provider, model }: Target): string {
  if (record?.outcome.kind === 'completed') return record.text?.answer ?? '';
  const failure = record?.outcome.kind === 'failed' ? record.outcome.failure : undefined;
  if (failure?.kind === 'auth') {
    throw new AppError('KEY_REFUSED', { detail: failure.message, hint: 'is it the key of this endpoint?' });
  }
  const problem = failure === undefined ? 'no answer came' : `${failure.kind}: ${failure.message}`;
  const hint = 'mend that, or ask another model';
  throw new AppError('PROMPTS_MISSING', { model: `${provider} ${model}`, problem, hint });
}

function nothingCame({ provider, model }: Target, isUnfit: boolean): AppError {
  const [problem, hint] = isUnfit
    ? ['all prompts have several lines', 'keep them apart by --format jsonl or yaml']
    : ['there is no prompt in its answer', 'try again, another model, or a plainer --instruction'];
  return new AppError('PROMPTS_MISSING', { model: `${provider} ${model}`, problem, hint });
}
