import { AppError } from '../errors.ts';
import type { Plan } from '../model/plan.ts';
import type { CountedTokens } from '../model/usage.ts';
import type { RequestCount } from '../store/store.ts';
import { BUILT_IN_TOKENIZERS, tokenizerFor } from '../tokenizers/choose.ts';
import type { Counted } from '../tokenizers/counting.ts';
import { requireKnown } from '../tokenizers/open.ts';
import { type CountingThread, startCountingThread } from './counting-thread-client.ts';

export { requireKnown as requireTokenizer } from '../tokenizers/open.ts';

/** Texts of one request that are to be counted. */
export interface TextsOfRequest {
  readonly requestId: number;
  readonly targetIndex: number;
  readonly prompt: string;
  /** What the model generated: reasoning and answer, each a text of its own. */
  readonly outputs: readonly string[];
}

export interface CountingInput {
  readonly plan: Plan;
  readonly texts: readonly TextsOfRequest[];
  readonly threadUrl: URL;
  /** Called with the number of requests done so far. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

export interface CountingResult {
  /** Of as many requests as were done. */
  readonly counts: readonly RequestCount[];
  /** Why some texts have no count though they were tried; undefined: all were counted. */
  readonly problem: string | undefined;
  /** What ended the counting early, an abort apart. */
  readonly trouble: AppError | undefined;
}

/** Some work for the thread, and a step of its progress. */
const BATCH_REQUESTS = 200;
const BATCH_CHARACTERS = 1_000_000;

/** Counts in a worker thread, a batch after the other. Never rejects: what was counted before a mishap is kept. */
export async function countTokens(input: CountingInput): Promise<CountingResult> {
  const thread = startCountingThread(input.threadUrl);
  const abort = (): void => void thread.end();
  input.signal.addEventListener('abort', abort, { once: true });
  const counting = new Counting(input, thread);
  let trouble: AppError | undefined;
  try {
    if (!input.signal.aborted) await counting.run();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!input.signal.aborted) trouble = asFailure(error);
  } finally {
    input.signal.removeEventListener('abort', abort);
    await thread.end();
  }
  return { counts: counting.counts, problem: counting.problem, trouble };
}

/** A tokenizer that cannot be opened any more is no mistake in a flag: before the run it could. */
function asFailure(error: AppError): AppError {
  if (error.code === 'COUNTING_FAILED') return error;
  return new AppError('COUNTING_FAILED', { reason: error.message }, { cause: error });
}

class Counting {
  readonly counts: RequestCount[] = [];
  problem: string | undefined;
  readonly #input: CountingInput;
  readonly #thread: CountingThread;
  /** Tokens of each prompt, by tokenizer: most prompts are sent many times. */
  readonly #prompts = new Map<string, Map<string, number | undefined>>();

  constructor(input: CountingInput, thread: CountingThread) {
    this.#input = input;
    this.#thread = thread;
  }

  async run(): Promise<void> {
    const { plan, texts, onProgress } = this.#input;
    for (const batch of batchesOf(texts)) {
      for (const [targetIndex, requests] of Map.groupBy(batch, (one) => one.targetIndex)) {
        await this.#count(requests, tokenizerOf(plan, targetIndex));
      }
      onProgress(this.counts.length);
    }
  }

  async #count(requests: readonly TextsOfRequest[], choice: TokenizerOfTarget): Promise<void> {
    const known = this.#prompts.get(choice.tokenizer) ?? new Map<string, number | undefined>();
    this.#prompts.set(choice.tokenizer, known);
    const prompts = [...new Set(requests.map((one) => one.prompt))].filter((prompt) => !known.has(prompt));
    const texts = [...prompts, ...requests.flatMap((one) => one.outputs)];
    const reply = await this.#thread.count({ tokenizer: choice.tokenizer, texts });
    this.problem ??= reply.problem;
    for (const [index, prompt] of prompts.entries()) known.set(prompt, reply.counts[index]);
    let next = prompts.length;
    for (const request of requests) {
      const outputs = reply.counts.slice(next, next + request.outputs.length);
      next += request.outputs.length;
      const counted = toCounted(reply, choice, { input: known.get(request.prompt), outputs });
      this.counts.push({ requestId: request.requestId, counted });
    }
  }
}

function toCounted(
  { tokenizer }: Counted,
  choice: TokenizerOfTarget,
  counts: { readonly input: number | undefined; readonly outputs: readonly (number | undefined)[] },
): CountedTokens {
  return {
    inputTokens: counts.input,
    outputTokens: counts.outputs.reduce(
      (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
      0,
    ),
    tokenizer: tokenizer.name,
    isApproximate: tokenizer.isApproximate || choice.isApproximate,
  };
}

/** Batches of a size that a thread can take in one go; a longer text is one of its own. */
function* batchesOf(texts: readonly TextsOfRequest[]): Generator<readonly TextsOfRequest[]> {
  let batch: TextsOfRequest[] = [];
  let characters = 0;
  for (const one of texts) {
    const length = one.prompt.length + one.outputs.reduce((sum, text) => sum + text.length, 0);
    if (batch.length > 0 && (batch.length === BATCH_REQUESTS || characters + length > BATCH_CHARACTERS)) {
      yield batch;
      batch = [];
      characters = 0;
    }
    batch.push(one);
    characters += length;
  }
  if (batch.length > 0) yield batch;
}

export interface TokenizerOfTarget {
  readonly tokenizer: string;
  /** Whatever the tokenizer says of itself: it may be exact, and another model's. */
  readonly isApproximate: boolean;
}

/** Which tokenizer counts for a target. A file is taken for the model's own; of the built-in ones only the model's name tells. */
export function tokenizerOf(
  { targets, tokenCounting }: Pick<Plan, 'targets' | 'tokenCounting'>,
  targetIndex: number,
): TokenizerOfTarget {
  const target = targets[targetIndex];
  const own = tokenizerFor(target?.profile.baseModel ?? target?.model ?? '');
  const asked = tokenCounting.tokenizer;
  if (asked === undefined || asked === own.tokenizer) return own;
  return { tokenizer: asked, isApproximate: isBuiltIn(asked) };
}

function isBuiltIn(spec: string): boolean {
  return BUILT_IN_TOKENIZERS.some((name) => name === spec);
}

/** Opens the tokenizer that a plan names, and lets it go again. Rejects with TOKENIZER_UNKNOWN or TOKENIZER_UNREADABLE. */
export async function checkTokenizer({ tokenCounting: { tokenizer } }: Plan, threadUrl: URL): Promise<void> {
  if (tokenizer === undefined || isBuiltIn(tokenizer)) return;
  requireKnown(tokenizer);
  const thread = startCountingThread(threadUrl);
  try {
    await thread.count({ tokenizer, texts: [] });
  } finally {
    await thread.end();
  }
}
