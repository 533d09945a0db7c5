import type { JsonValue } from '../../model/units.ts';

/** What a value must keep to. Undefined: no such limit. Of a list or an object each number counts. */
export interface Limits {
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** The value must be greater, not equal. */
  readonly above: number | undefined;
  /** The value must be smaller, not equal. */
  readonly below: number | undefined;
  /** The only values there are. */
  readonly values: readonly JsonValue[] | undefined;
  /** Entries of a list. */
  readonly maxItems: number | undefined;
}

export const NO_LIMITS: Limits = {
  min: undefined,
  max: undefined,
  above: undefined,
  below: undefined,
  values: undefined,
  maxItems: undefined,
};

export function between(min: number, max: number): Limits {
  return { ...NO_LIMITS, min, max };
}

export function from(min: number): Limits {
  return { ...NO_LIMITS, min };
}

export function upTo(max: number): Limits {
  return { ...NO_LIMITS, max };
}

export function oneOf(...values: readonly JsonValue[]): Limits {
  return { ...NO_LIMITS, values };
}

export function items(maxItems: number): Limits {
  return { ...NO_LIMITS, maxItems };
}

/** What is wrong with a value, as the end of a sentence; undefined when nothing is. */
export function breachOf(value: JsonValue, limits: Limits): string | undefined {
  const { values, maxItems } = limits;
  if (values !== undefined && !values.includes(value)) return `must be ${orList(values)}`;
  if (maxItems !== undefined && Array.isArray(value) && value.length > maxItems) {
    return `must hold at most ${maxItems}, not ${value.length}`;
  }
  const wrong = numbersOf(value).find((number) => isOutside(number, limits));
  return wrong === undefined ? undefined : `must be ${describeLimits(limits)}`;
}

/** The nearest value that keeps to the limits; undefined when there is none. */
export function mend(value: JsonValue, limits: Limits): JsonValue | undefined {
  const { values, maxItems } = limits;
  if (values !== undefined) return values.includes(value) ? value : nearest(value, values);
  if (maxItems !== undefined && Array.isArray(value)) return value.slice(0, maxItems);
  if (typeof value === 'number') return clamp(value, limits);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, typeof inner === 'number' ? clamp(inner, limits) : inner] as const,
  );
  return entries.every(([, inner]) => inner !== undefined) ? (Object.fromEntries(entries) as JsonValue) : undefined;
}

/** `0 to 2`, `above 0, at most 1`, `low, medium or high`, `up to 4`; empty where there is no limit. */
export function describeLimits({ min, max, above, below, values, maxItems }: Limits): string {
  if (values !== undefined) return orList(values);
  const isAboveNearer = above !== undefined && (min === undefined || above >= min);
  const isBelowNearer = below !== undefined && (max === undefined || below <= max);
  if (!isAboveNearer && !isBelowNearer && min !== undefined && max !== undefined) {
    return min === max ? `${min}` : `${min} to ${max}`;
  }
  const low = isAboveNearer ? `above ${above}` : min === undefined ? undefined : `at least ${min}`;
  const high = isBelowNearer ? `below ${below}` : max === undefined ? undefined : `at most ${max}`;
  const count = maxItems === undefined ? undefined : `up to ${maxItems}`;
  return [low, high, count].filter((part) => part !== undefined).join(', ');
}

/** Both at once. */
export function narrow(one: Limits, other: Limits): Limits {
  return {
    min: pick(Math.max, one.min, other.min),
    max: pick(Math.min, one.max, other.max),
    above: pick(Math.max, one.above, other.above),
    below: pick(Math.min, one.below, other.below),
    values:
      one.values === undefined ? other.values : one.values.filter((value) => other.values?.includes(value) ?? true),
    maxItems: pick(Math.min, one.maxItems, other.maxItems),
  };
}

function pick(
  choose: (a: number, b: number) => number,
  a: number | undefined,
  b: number | undefined,
): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : choose(a, b);
}

function numbersOf(value: JsonValue): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).filter((inner) => typeof inner === 'number');
}

function isOutside(value: number, { min, max, above, below }: Limits): boolean {
  return (
    (min !== undefined && value < min) ||
    (max !== undefined && value > max) ||
    (above !== undefined && value <= above) ||
    (below !== undefined && value >= below)
  );
}

function clamp(value: number, limits: Limits): number | undefined {
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = limits;
  const clamped = Math.min(Math.max(value, min), max);
  // Next to an open end there is no nearest number.
  return isOutside(clamped, limits) ? undefined : clamped;
}

/** Efforts from none to most: where one is missing, its nearest neighbour stands in. */
const EFFORTS: readonly JsonValue[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

function nearest(value: JsonValue, values: readonly JsonValue[]): JsonValue | undefined {
  if (typeof value === 'string') {
    const sameWord = values.find((known) => typeof known === 'string' && known.toLowerCase() === value.toLowerCase());
    if (sameWord !== undefined) return sameWord;
  }
  const place = EFFORTS.indexOf(value);
  // Who asks for some reasoning does not mean none.
  const ranked = values.filter((known) => EFFORTS.includes(known) && (known !== 'none' || value === 'none'));
  if (place < 0 || ranked.length === 0) return undefined;
  const distance = (known: JsonValue): number => Math.abs(EFFORTS.indexOf(known) - place);
  // Between two equally near ones the greater effort, as DeepSeek and Moonshot have it themselves.
  return ranked.reduce((best, known) => (distance(known) <= distance(best) ? known : best));
}

function orList(values: readonly JsonValue[]): string {
  const words = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
