import { nearest } from '../../providers/nearest.ts';

/** What the user may have meant, nearest first. */
export function nearestSetting(word: string, known: readonly string[]): readonly string[] {
  return nearest(word, known);
}
