/** Yields floats in [0, 1). */
export type Random = () => number;

/** What a draw is for. Each purpose has its own numbers, so overriding one setting leaves the other draws as they were. */
export type Purpose = 'fault' | 'ttft' | 'tokens' | 'delays' | 'words';

const PURPOSE_NUMBERS: Readonly<Record<Purpose, number>> = { fault: 1, ttft: 2, tokens: 3, delays: 4, words: 5 };
const WARM_UP_ROUNDS = 15;

/**
 * The random numbers of one request and one purpose: independent of every other request, whatever the interleaving.
 * Generator sfc32 (Chris Doty-Humphrey, PractRand), started from the triple and warmed up as its author advises.
 */
export function createRandom(seed: number, requestNumber: number, purpose: Purpose): Random {
  let a = seed | 0;
  let b = requestNumber | 0;
  let c = PURPOSE_NUMBERS[purpose] | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) next();
  return next;
}
