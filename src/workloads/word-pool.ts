import type { WordPool } from '../model/recipe.ts';
import { createRandom } from '../random.ts';
import { createTextMaker } from './text-maker.ts';
import { ADJECTIVES, DETERMINERS, NOUNS, PREPOSITIONS, VERBS } from './words.ts';

/** Counts the tokens of many texts, in their order; undefined for a text that could not be counted. */
export type CountTokens = (texts: readonly string[]) => Promise<{
  readonly tokenizer: { readonly name: string; readonly isApproximate: boolean };
  readonly counts: readonly (number | undefined)[];
}>;

/** What a word follows when it is tried. */
const BEFORE = 'near';
const CLASSES = {
  determiners: DETERMINERS,
  adjectives: ADJECTIVES,
  nouns: NOUNS,
  verbs: VERBS,
  prepositions: PREPOSITIONS,
} as const;

/** With fewer words a class texts would all be alike. */
const FEWEST_WORDS = 4;
/** Words of the text that shows whether a pool keeps what it promises. */
const SAMPLE_WORDS = 2_000;

/**
 * Words that are one token of a tokenizer each, wherever they stand, so that texts of an exact length need no tokenizer when they are made.
 * Where the tokenizer has too few of them (it knows no vocabulary, or splits otherwise), all words with their mean length instead.
 */
export async function findWordPool(count: CountTokens, isApproximate: boolean): Promise<WordPool> {
  const words = [...new Set(Object.values(CLASSES).flat())];
  const { tokenizer, counts } = await count([
    BEFORE,
    `${BEFORE}.`,
    ...words.map((word) => `${BEFORE} ${word}`),
    ...words,
  ]);
  const [before = 0, stopped = 0] = counts;
  const isSingle = new Map(
    words.map((word, index) => [word, counts[2 + index] === before + 1 && counts[2 + words.length + index] === 1]),
  );
  const single = mapClasses((each) => each.filter((word) => isSingle.get(word) === true));
  const base = { tokenizer: tokenizer.name, isApproximate: isApproximate || tokenizer.isApproximate };
  const exact: WordPool = { ...base, isExact: true, tokensPerWord: 1, ...single };
  const isRich = stopped === before + 1 && Object.values(single).every((each) => each.length >= FEWEST_WORDS);
  if (isRich && !tokenizer.isApproximate && (await lengthOf(exact, count)) === SAMPLE_WORDS) return exact;
  const rough: WordPool = { ...base, isExact: false, tokensPerWord: 1, ...CLASSES };
  const length = await lengthOf(rough, count);
  return { ...rough, tokensPerWord: length === undefined ? 1 : length / SAMPLE_WORDS };
}

function mapClasses(
  map: (words: readonly string[]) => readonly string[],
): Readonly<Record<keyof typeof CLASSES, readonly string[]>> {
  return {
    determiners: map(CLASSES.determiners),
    adjectives: map(CLASSES.adjectives),
    nouns: map(CLASSES.nouns),
    verbs: map(CLASSES.verbs),
    prepositions: map(CLASSES.prepositions),
  };
}

/** Tokens of a text of `SAMPLE_WORDS` words. */
async function lengthOf(pool: WordPool, count: CountTokens): Promise<number | undefined> {
  const text = createTextMaker({ ...pool, tokensPerWord: 1 }).write(SAMPLE_WORDS, createRandom(1, 'sample'));
  return (await count([text.slice(1)])).counts[0];
}
