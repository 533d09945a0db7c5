import type { AppError } from '../errors.ts';
import { lacksReportedCounts } from '../metrics/tokens.ts';
import type { Plan } from '../model/plan.ts';
import type { RequestRecord } from '../model/record.ts';
import type { RequestCount } from '../store/store.ts';
import type { Log } from './context.ts';
import { countTokens, type TextsOfRequest } from './count-tokens.ts';
import type { LiveView } from './live.ts';

/** Counted texts are held in memory until the run is over: 64,000 answers of 4,000 characters. */
const MAX_KEPT_CHARACTERS = 256_000_000;

export interface RunCountingParts {
  readonly plan: Plan;
  /** The composition root of a counting thread. */
  readonly threadUrl: URL;
  readonly log: Log;
  /** Of texts held for counting; 256 million when left out. */
  readonly maxCharacters?: number;
}

/** Holds the texts of one run that a tokenizer is to count, and has them counted. */
export class RunCounting {
  readonly #parts: RunCountingParts;
  readonly #texts: TextsOfRequest[] = [];
  /** Each prompt once, however often it was sent. */
  readonly #prompts = new Map<string, string>();
  readonly #abort = new AbortController();
  #characters = 0;
  #letGo = 0;
  #view: LiveView['counting'];

  constructor(parts: RunCountingParts) {
    this.#parts = parts;
  }

  /** Keeps what is to be counted. Returns the record as it is to be stored: without its texts, unless they were asked for. */
  take(record: RequestRecord): RequestRecord {
    if (record.text === undefined) return record;
    if (this.#isToCount(record)) this.#keep(record, record.text);
    return this.#parts.plan.saveText ? record : { ...record, text: undefined };
  }

  /** Undefined before the counting has begun and after its end. */
  view(): LiveView['counting'] {
    return this.#view;
  }

  /** Ends the counting; what was counted is kept. */
  stop(): void {
    this.#abort.abort();
  }

  /** Counts, and hands over what was counted also when it could not be finished. */
  async run(): Promise<{ readonly counts: readonly RequestCount[]; readonly trouble: AppError | undefined }> {
    const { plan, threadUrl, log } = this.#parts;
    const total = this.#texts.length;
    if (this.#letGo > 0) log.warn(`${this.#letGo} requests were not counted: their texts would fill the memory`);
    if (total === 0) return { counts: [], trouble: undefined };
    this.#view = { done: 0, total };
    const { counts, problem, trouble } = await countTokens({
      plan,
      texts: this.#texts,
      threadUrl,
      signal: this.#abort.signal,
      onProgress: (done) => {
        this.#view = { done, total };
      },
    });
    this.#view = undefined;
    if (problem !== undefined) log.warn(`some texts could not be counted: ${problem}`);
    if (this.#abort.signal.aborted) log.warn(`interrupted: ${counts.length} of ${total} requests were counted`);
    return { counts, trouble };
  }

  /** Of an answer that broke off before anything came there is nothing to count. */
  #isToCount(record: RequestRecord): boolean {
    const hasOutput = record.text !== undefined && (record.text.answer !== '' || record.text.reasoning !== '');
    if (record.outcome.kind !== 'completed' && !hasOutput) return false;
    return this.#parts.plan.tokenCounting.when === 'always' || lacksReportedCounts(record);
  }

  #keep({ id, targetIndex }: RequestRecord, text: NonNullable<RequestRecord['text']>): void {
    const known = this.#prompts.get(text.prompt);
    const length = text.reasoning.length + text.answer.length + (known === undefined ? text.prompt.length : 0);
    if (this.#characters + length > (this.#parts.maxCharacters ?? MAX_KEPT_CHARACTERS)) {
      this.#letGo++;
      return;
    }
    this.#characters += length;
    const prompt = known ?? text.prompt;
    this.#prompts.set(prompt, prompt);
    const outputs = [text.reasoning, text.answer].filter((output) => output !== '');
    this.#texts.push({ requestId: id, targetIndex, prompt, outputs });
  }
}
