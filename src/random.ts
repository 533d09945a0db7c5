/** A seeded source of chance. The same seed and stream give the same numbers on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of it random. */
  next(): number;
  /** Exponential with mean 1. */
  exponential(): number;
}

/** Of the platform, browsers included: named here because pure code is compiled without Node's types. */
declare const crypto: {
  getRandomValues(numbers: Uint32Array): Uint32Array;
  randomUUID(): string;
};

/** A fresh seed for a run that was given none: 32 bits from the system. */
export function freshSeed(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** A name that nobody else has: a UUID of version 4. */
export function freshUuid(): string {
  return crypto.randomUUID();
}

/**
 * A generator for one purpose. Streams of different names are independent, so that taking a number for one purpose never
 * moves another. Chris Doty-Humphrey's sfc32, seeded through FNV-1a of seed and name.
 */
export function createRandom(seed: number, stream: string): Random {
  let a = fnv1a(`${seed}/${stream}/a`);
  let b = fnv1a(`${seed}/${stream}/b`);
  let c = fnv1a(`${seed}/${stream}/c`);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / TWO_TO_32;
  };
  // The first outputs still show the seed; the author's own count of rounds to forget it.
  for (let round = 0; round < 12; round++) next();
  return { next, exponential: () => -Math.log(1 - next()) };
}

const TWO_TO_32 = 4_294_967_296;

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash | 0;
}
