import { createRandom } from '../../src/random.ts';

/** Seeded standard normal numbers (Box and Muller 1958). */
export function noiseOf(seed: number): () => number {
  const random = createRandom(seed, 'noise');
  return () => Math.sqrt(2 * random.exponential()) * Math.cos(2 * Math.PI * random.next());
}

/** Seeded numbers, uniform in [0, 1). */
export function uniformOf(seed: number): () => number {
  return createRandom(seed, 'uniform').next;
}
