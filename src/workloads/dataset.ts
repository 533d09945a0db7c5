import { AppError } from '../errors.ts';
import type { Message } from '../model/message.ts';
import type { ListedPrompt } from '../model/recipe.ts';
import type { Turn } from '../model/workload.ts';
import { type Entry, readEntries } from './json-entries.ts';
import { readFields } from './jsonl.ts';
import { malformed, type Place } from './prompt-fields.ts';
import { type Talk, talkOfMessages, talkOfShareGpt } from './talks.ts';
import type { CountTokens } from './word-pool.ts';

export interface DatasetWish {
  readonly file: string;
  /** Most prompts that are kept. */
  readonly most: number;
  /** Most turns of a conversation; undefined: the first question alone. */
  readonly turns: number | undefined;
  /** Whether recorded answers say how long ours may be: not where the user said a limit. */
  readonly limitsByAnswer: boolean;
  readonly count: CountTokens;
}

/** What was kept of a dataset, and why the rest was not. */
export interface Dataset {
  readonly prompts: readonly ListedPrompt[];
  readonly read: number;
  readonly passedOver: { readonly unanswered: number; readonly short: number; readonly long: number };
}

/** As vLLM and SGLang take ShareGPT, so that numbers can be compared with theirs. */
const LEAST_TOKENS = 4;
const MOST_PROMPT_TOKENS = 1_024;
const MOST_TOKENS = 2_048;

/** Entries whose tokens are counted in one go. */
const BATCH = 64;
/** Of all texts that are kept: they go to the measuring thread as one message. */
const MOST_CHARACTERS = 64_000_000;

/**
 * Reads a dataset from its beginning until enough prompts are found: ShareGPT conversations (`conversations` with `from` and `value`), or
 * objects with `prompt` or `messages` as in a prompt file. Rejects with FILE_UNREADABLE, FILE_MALFORMED or FILE_EMPTY.
 */
export async function readDataset(wish: DatasetWish): Promise<Dataset> {
  const dataset = new DatasetReader(wish);
  let batch: Entry[] = [];
  for await (const entry of readEntries(wish.file)) {
    batch.push(entry);
    if (batch.length < BATCH) continue;
    await dataset.take(batch);
    batch = [];
    if (dataset.isFull) break;
  }
  if (batch.length > 0 && !dataset.isFull) await dataset.take(batch);
  return dataset.result();
}

class DatasetReader {
  readonly #wish: DatasetWish;
  readonly #prompts: ListedPrompt[] = [];
  readonly #passedOver = { unanswered: 0, short: 0, long: 0 };
  #read = 0;
  #characters = 0;

  constructor(wish: DatasetWish) {
    this.#wish = wish;
  }

  get isFull(): boolean {
    return this.#prompts.length >= this.#wish.most || this.#characters >= MOST_CHARACTERS;
  }

  result(): Dataset {
    const { file } = this.#wish;
    if (this.#read === 0) throw new AppError('FILE_EMPTY', { file });
    if (this.#prompts.length === 0) {
      const { unanswered, short, long } = this.#passedOver;
      throw malformed(
        { file, line: 1 },
        `none of ${this.#read} conversations can be used (${unanswered} without an answer, ${short} too short, ${long} too long)`,
        `they need a question and an answer of ${LEAST_TOKENS} tokens each, of ${MOST_PROMPT_TOKENS} and together ${MOST_TOKENS} at most`,
      );
    }
    return { prompts: this.#prompts, read: this.#read, passedOver: this.#passedOver };
  }

  async take(entries: readonly Entry[]): Promise<void> {
    const talks = entries.map(({ value, line }) =>
      talkOf(value, { file: this.#wish.file, line }, this.#wish.turns !== undefined),
    );
    const shared = talks.filter((talk) => talk.isRecorded);
    const texts = shared.flatMap(({ turns }) => turns.flatMap(({ content, answer }) => [content, answer ?? '']));
    const counts = texts.length === 0 ? [] : (await this.#wish.count(texts)).counts;
    let next = 0;
    for (const talk of talks) {
      if (this.isFull) return;
      this.#read++;
      const lengths = talk.isRecorded ? counts.slice(next, next + talk.turns.length * 2) : [];
      next += lengths.length;
      const kept = talk.isRecorded ? this.#judge(talk, lengths) : this.#plain(talk);
      if (kept !== undefined) this.#keep(talk, kept);
    }
  }

  /** Recorded conversations are only taken within the usual limits. */
  #judge({ turns }: Talk, lengths: readonly (number | undefined)[]): readonly Turn[] | undefined {
    const kept: Turn[] = [];
    for (const [index, { content, answer }] of turns.slice(0, this.#wish.turns ?? 1).entries()) {
      const [inputTokens, answerTokens] = [lengths[index * 2] ?? 0, lengths[index * 2 + 1] ?? 0];
      const problem = problemOf(answer, inputTokens, answerTokens);
      if (problem !== undefined) {
        if (kept.length === 0) this.#passedOver[problem]++;
        break;
      }
      kept.push({ content, inputTokens, maxTokens: this.#wish.limitsByAnswer ? answerTokens : undefined });
    }
    if (turns.length === 0) this.#passedOver.unanswered++;
    return kept.length === 0 ? undefined : kept;
  }

  #plain({ turns, maxTokens }: Talk): readonly Turn[] {
    const most = this.#wish.turns ?? 1;
    const kept = turns.slice(0, most);
    return kept.map(({ content }) => ({ content, inputTokens: undefined, maxTokens }));
  }

  #keep({ name, before, tools }: Talk, [first, ...laterTurns]: readonly Turn[]): void {
    if (first === undefined) return;
    const messages: readonly Message[] =
      first.content === '' ? before : [...before, { role: 'user', content: first.content }];
    for (const { content } of [...messages, ...laterTurns]) this.#characters += content.length;
    this.#prompts.push({
      item: { index: this.#prompts.length, name, messages, maxTokens: first.maxTokens, ...tools },
      // Of what stands before the question nobody has counted the tokens.
      inputTokens: before.length === 0 ? first.inputTokens : undefined,
      laterTurns,
    });
  }
}

function problemOf(
  answer: string | undefined,
  inputTokens: number,
  answerTokens: number,
): keyof Dataset['passedOver'] | undefined {
  if (answer === undefined) return 'unanswered';
  if (inputTokens < LEAST_TOKENS || answerTokens < LEAST_TOKENS) return 'short';
  return inputTokens > MOST_PROMPT_TOKENS || inputTokens + answerTokens > MOST_TOKENS ? 'long' : undefined;
}

function talkOf(value: unknown, place: Place, isInTurns: boolean): Talk {
  const fields = readFields(value, place);
  const recorded = fields['conversations'] ?? fields['conversation'];
  return recorded === undefined ? talkOfMessages(fields, place, isInTurns) : talkOfShareGpt(recorded, place);
}
