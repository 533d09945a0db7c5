/**
 * How the vocabularies of OpenAI cut a text into pieces before any bytes are merged; no token crosses a cut. The cuts are part of
 * each vocabulary's definition. White space is Unicode's, as in Rust and unlike `\s` here, which knows U+FEFF and not U+0085.
 */
const SPACE = String.raw`\p{White_Space}`;
const NEITHER_LINE_END_NOR_WORD = String.raw`[^\r\n\p{L}\p{N}]`;
/** At most three, so that numbers of any length are cut alike. */
const DIGITS = String.raw`\p{N}{1,3}`;
const SYMBOLS = String.raw` ?[^${SPACE}\p{L}\p{N}]+`;
/** All of a run but its last, which belongs to the word after it. */
const SPACES_BEFORE_A_WORD = String.raw`${SPACE}+(?!\P{White_Space})`;
/** Letters without case, and marks, go with both. */
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
/** `(?i:…)` folds as Unicode does: the long s (U+017F) is an s. */
const CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

/** o200k_base: words are cut where case changes, and keep their contraction. */
export const O200K_PIECES: RegExp = piecesOf([
  `${NEITHER_LINE_END_NOR_WORD}?${UPPER}*${LOWER}+${CONTRACTION}?`,
  `${NEITHER_LINE_END_NOR_WORD}?${UPPER}+${LOWER}*${CONTRACTION}?`,
  DIGITS,
  String.raw`${SYMBOLS}[\r\n/]*`,
  String.raw`${SPACE}*[\r\n]+`,
  SPACES_BEFORE_A_WORD,
  `${SPACE}+`,
]);

/** cl100k_base: contractions are pieces of their own. */
export const CL100K_PIECES: RegExp = piecesOf([
  CONTRACTION,
  String.raw`${NEITHER_LINE_END_NOR_WORD}?\p{L}+`,
  DIGITS,
  String.raw`${SYMBOLS}[\r\n]*`,
  `${SPACE}+$`,
  String.raw`${SPACE}*[\r\n]`,
  SPACES_BEFORE_A_WORD,
  SPACE,
]);

function piecesOf(alternatives: readonly string[]): RegExp {
  return new RegExp(alternatives.join('|'), 'gu');
}
