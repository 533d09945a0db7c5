import { type Distribution, distributionOf } from './distribution.ts';
import { interpolate, QUANTILE_VALUES, QUANTILES, type QuantileName } from './quantile.ts';
import { SampleList } from './sample-list.ts';

/** Up to so many gaps are kept as they are. */
const MAX_PLAIN = 1_048_576;
const NANOSECONDS_PER_MS = 1_000_000;
/** Longer gaps do not fit into 32 bits of nanoseconds. */
const MAX_SHORT_NS = 2 ** 32 - 1;
const CHUNK_SIZE = 262_144;
/** The upper half of 32 bits. */
const BUCKETS = 65_536;
const BUCKET_WIDTH = 65_536;

/**
 * Gaps between tokens: fifty or more a request, so that a large run has more of them than of all else. Beyond a million each is kept to the
 * nanosecond, which is finer than the clock that it was taken from, in half the memory and without a sorted copy.
 */
export class GapPool {
  #plain: SampleList | undefined = new SampleList();
  readonly #chunks: Uint32Array[] = [];
  #short = 0;
  readonly #long: number[] = [];

  get length(): number {
    return (this.#plain?.length ?? 0) + this.#short + this.#long.length;
  }

  get isPlain(): boolean {
    return this.#plain !== undefined;
  }

  push(gapMs: number): void {
    if (this.#plain === undefined) this.#pack(gapMs);
    else {
      this.#plain.push(gapMs);
      if (this.#plain.length > MAX_PLAIN) this.pack();
    }
  }

  /** From now on gaps are kept to the nanosecond. */
  pack(): void {
    const plain = this.#plain;
    this.#plain = undefined;
    for (const gapMs of plain ?? []) this.#pack(gapMs);
  }

  #pack(gapMs: number): void {
    const gapNs = Math.round(gapMs * NANOSECONDS_PER_MS);
    if (gapNs > MAX_SHORT_NS) {
      this.#long.push(gapNs);
      return;
    }
    const place = this.#short % CHUNK_SIZE;
    if (place === 0) this.#chunks.push(new Uint32Array(CHUNK_SIZE));
    (this.#chunks.at(-1) as Uint32Array)[place] = gapNs;
    this.#short++;
  }

  /** In milliseconds, of a pool that is not packed. */
  plain(): Iterable<number> {
    return this.#plain ?? [];
  }

  /** In nanoseconds, of a packed pool: those of 32 bits, then the others. */
  *shortChunks(): Generator<Uint32Array> {
    let left = this.#short;
    for (const chunk of this.#chunks) {
      yield chunk.subarray(0, Math.min(left, CHUNK_SIZE));
      left -= CHUNK_SIZE;
    }
  }

  get longNs(): readonly number[] {
    return this.#long;
  }
}

/** Describes the gaps of several pools together, exactly (of packed ones: to the nanosecond). */
export function distributionOfGaps(pools: readonly GapPool[]): Distribution {
  const n = pools.reduce((sum, pool) => sum + pool.length, 0);
  if (n <= MAX_PLAIN && pools.every(({ isPlain }) => isPlain)) return distributionOf(chained(pools));
  for (const pool of pools) pool.pack();
  return distributionOfPacked(pools, n);
}

function* chained(pools: readonly GapPool[]): Generator<number> {
  for (const pool of pools) yield* pool.plain();
}

function distributionOfPacked(pools: readonly GapPool[], n: number): Distribution {
  const { mean, stdev } = momentsNs(pools, n);
  const ranks = QUANTILES.flatMap((name) => ranksOf(name, n));
  const values = orderStatisticsNs(pools, [0, n - 1, ...ranks]);
  const at = (rank: number): number => (values.get(rank) ?? Number.NaN) / NANOSECONDS_PER_MS;
  const quantiles = QUANTILES.map((name) => {
    const [below = 0, above = 0] = ranksOf(name, n);
    return [name, interpolate(at(below), at(above), (n - 1) * QUANTILE_VALUES[name] - below)];
  });
  return {
    n,
    mean: mean / NANOSECONDS_PER_MS,
    stdev: stdev / NANOSECONDS_PER_MS,
    min: at(0),
    max: at(n - 1),
    // `fromEntries` widens its keys to string; they are exactly the names.
    ...(Object.fromEntries(quantiles) as Record<QuantileName, number>),
  };
}

function ranksOf(name: QuantileName, n: number): readonly [number, number] {
  const rank = (n - 1) * QUANTILE_VALUES[name];
  return [Math.floor(rank), Math.ceil(rank)];
}

/** Whole nanoseconds add up exactly. */
function momentsNs(pools: readonly GapPool[], n: number): { readonly mean: number; readonly stdev: number } {
  let sum = 0;
  for (const gaps of partsNs(pools)) for (let place = 0; place < gaps.length; place++) sum += gaps[place] as number;
  const mean = sum / n;
  let squares = 0;
  for (const gaps of partsNs(pools)) {
    for (let place = 0; place < gaps.length; place++) squares += ((gaps[place] as number) - mean) ** 2;
  }
  return { mean, stdev: Math.sqrt(squares / (n - 1)) };
}

/** Plain loops go over each: there are tens of millions. */
function* partsNs(pools: readonly GapPool[]): Generator<Uint32Array | readonly number[]> {
  for (const pool of pools) {
    yield* pool.shortChunks();
    yield pool.longNs;
  }
}

/** Values by their rank: counts which bucket each rank lies in, and sorts only those buckets. */
function orderStatisticsNs(pools: readonly GapPool[], ranks: readonly number[]): ReadonlyMap<number, number> {
  const bucketOf = (gapNs: number): number => Math.min(Math.floor(gapNs / BUCKET_WIDTH), BUCKETS);
  // One more for all that is longer than 32 bits.
  const counts = new Uint32Array(BUCKETS + 1);
  for (const gaps of partsNs(pools)) {
    for (let place = 0; place < gaps.length; place++) {
      const bucket = bucketOf(gaps[place] as number);
      counts[bucket] = (counts[bucket] as number) + 1;
    }
  }
  const members = new Map<number, number[]>();
  const isWanted = new Uint8Array(BUCKETS + 1);
  const places = new Map<number, { readonly bucket: number; readonly offset: number }>();
  let below = 0;
  const ascending = [...new Set(ranks)].sort((one, other) => one - other);
  counts.forEach((count, bucket) => {
    for (const rank of ascending) {
      if (rank < below || rank >= below + count) continue;
      places.set(rank, { bucket, offset: rank - below });
      members.set(bucket, []);
      isWanted[bucket] = 1;
    }
    below += count;
  });
  for (const gaps of partsNs(pools)) {
    for (let place = 0; place < gaps.length; place++) {
      const gapNs = gaps[place] as number;
      const bucket = bucketOf(gapNs);
      if (isWanted[bucket] === 1) members.get(bucket)?.push(gapNs);
    }
  }
  const sorted = new Map([...members].map(([bucket, values]) => [bucket, Float64Array.from(values).sort()]));
  return new Map([...places].map(([rank, { bucket, offset }]) => [rank, sorted.get(bucket)?.[offset] ?? Number.NaN]));
}
