import type { WordPool } from '../model/recipe.ts';
import { createRandom, type Random } from '../random.ts';

/** Makes texts of a known number of tokens. */
export interface TextMaker {
  /**
   * A text of so many tokens, from 1; each word has a space before it, the first too, so that texts can be joined. Its first words are
   * drawn from `random`, one by one, so that two texts begin alike only by the greatest chance; the rest are sentences.
   */
  write(tokens: number, random: Random): string;
  /** The same without a full stop at its end: a shorter text of equal chance is the beginning of a longer one. */
  writeOpen(tokens: number, random: Random): string;
}

/** Enough words that nobody draws the same twice: at some 200 to choose from, 90 bits. */
const OPENING_WORDS = 12;
/** Words of the sentences that texts are cut from. Longer texts come round again. */
const STOCK_WORDS = 65_536;

/** What a sentence is made of; `.` ends it. */
const SENTENCES: readonly (readonly (keyof WordClasses | '.')[])[] = [
  ['determiners', 'adjectives', 'nouns', 'verbs', 'determiners', 'nouns', 'prepositions', 'determiners', 'nouns', '.'],
  ['determiners', 'nouns', 'verbs', 'determiners', 'adjectives', 'nouns', '.'],
  ['prepositions', 'determiners', 'adjectives', 'nouns', 'determiners', 'nouns', 'verbs', 'determiners', 'nouns', '.'],
  ['determiners', 'nouns', 'prepositions', 'determiners', 'nouns', 'verbs', 'determiners', 'adjectives', 'nouns', '.'],
];

type WordClasses = Pick<WordPool, 'determiners' | 'adjectives' | 'nouns' | 'verbs' | 'prepositions'>;

/** The stock is made at the first text and then kept: some 400 kB a pool. */
export function createTextMaker(pool: WordPool): TextMaker {
  let stock: Stock | undefined;
  const openers = [...new Set([...pool.nouns, ...pool.adjectives, ...pool.verbs])];
  const write = (tokens: number, random: Random, isOpen: boolean): string => {
    stock ??= createStock(pool);
    const words = Math.max(1, Math.round(tokens / pool.tokensPerWord));
    // Drawn first, whatever the length, so that two lengths of one text begin alike.
    const start = stock.starts[pick(random, stock.starts.length)] ?? 0;
    const opening = Math.min(words, OPENING_WORDS);
    let text = '';
    for (let word = 0; word < opening; word++) text += ` ${openers[pick(random, openers.length)]}`;
    const rest = words - opening;
    if (rest === 0) return text;
    return `${text}.${stock.cut(start, rest - 1, isOpen)}`;
  };
  return {
    write: (tokens, random) => write(tokens, random, false),
    writeOpen: (tokens, random) => write(tokens, random, true),
  };
}

function pick(random: Random, count: number): number {
  return Math.floor(random.next() * count);
}

/** Sentences one after the other, and where each word of them begins. */
class Stock {
  readonly starts: readonly number[];
  readonly #text: string;
  readonly #offsets: Uint32Array;

  constructor(words: readonly string[], starts: readonly number[]) {
    this.starts = starts;
    this.#offsets = new Uint32Array(words.length + 1);
    let offset = 0;
    for (const [index, word] of words.entries()) {
      offset += word.length;
      this.#offsets[index + 1] = offset;
    }
    this.#text = words.join('');
  }

  /** So many words from that one on. Unless it stays open it ends in a full stop, in place of its last word if need be. */
  cut(start: number, words: number, isOpen: boolean): string {
    if (words === 0) return '';
    const last = (start + words - 1) % this.#count;
    // Two full stops would be one token.
    const mustEnd =
      !isOpen && words > 1 && !this.#isStop(last) && !this.#isStop((last + this.#count - 1) % this.#count);
    return mustEnd ? `${this.#slice(start, words - 1)}.` : this.#slice(start, words);
  }

  get #count(): number {
    return this.#offsets.length - 1;
  }

  #isStop(word: number): boolean {
    return this.#text.startsWith('.', this.#offsets[word]);
  }

  #slice(start: number, words: number): string {
    const parts: string[] = [];
    let from = start;
    for (let left = words; left > 0; ) {
      const taken = Math.min(left, this.#count - from);
      parts.push(this.#text.slice(this.#offsets[from], this.#offsets[from + taken]));
      left -= taken;
      from = 0;
    }
    return parts.length === 1 ? (parts[0] ?? '') : parts.join('');
  }
}

/** The same sentences for every run: what must be new is the opening. */
function createStock(pool: WordPool): Stock {
  const random = createRandom(1, 'stock');
  const words: string[] = [];
  const starts: number[] = [];
  while (words.length < STOCK_WORDS) {
    starts.push(words.length);
    for (const part of SENTENCES[pick(random, SENTENCES.length)] ?? []) {
      if (part === '.') words.push('.');
      else words.push(` ${pool[part][pick(random, pool[part].length)]}`);
    }
  }
  return new Stock(words, starts);
}
