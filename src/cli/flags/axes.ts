import { AppError } from '../../errors.ts';
import type { Load } from '../../model/load.ts';

/** What a sweep can vary. `rate` and `concurrency` are loads; the others change what is sent. */
export const AXIS_NAMES = ['rate', 'concurrency', 'max-tokens', 'in', 'out'] as const;

export type AxisName = (typeof AXIS_NAMES)[number];

/** Its values in the order in which they run. */
export interface Axis {
  readonly name: AxisName;
  readonly values: readonly number[];
}

/** More steps than this are a mistake rather than a wish. */
const MAX_STEPS = 500;

/** Axes of `--over`, outermost first: `rate=1..64:x2`, `concurrency=1,2,4,8`. Throws FLAG_INVALID. */
export function readAxes(texts: readonly string[] | undefined): readonly Axis[] {
  if (texts === undefined) {
    throw new AppError('FLAG_MISSING', { flag: '--over', hint: 'say what to vary: --over rate=1..64:x2' });
  }
  const axes = texts.map(readAxis);
  const names = axes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalidOver(`${twice} is there twice`);
  if (names.includes('rate') && names.includes('concurrency')) {
    throw invalidOver('a load is either a rate or a concurrency, not both');
  }
  const steps = axes.reduce((product, { values }) => product * values.length, 1);
  if (steps > MAX_STEPS) throw invalidOver(`${steps} steps; the most are ${MAX_STEPS}`);
  return axes;
}

function invalidOver(problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag: '--over', problem, command: 'sweep' });
}

function readAxis(text: string): Axis {
  const [, given = '', list = ''] = /^\s*([\w-]+)\s*=\s*(.+?)\s*$/.exec(text) ?? [];
  const name = AXIS_NAMES.find((known) => known === given || (known === 'rate' && given === 'rps'));
  if (name === undefined) {
    throw invalidOver(`"${text}" is not like rate=1..64:x2; axes: ${AXIS_NAMES.join(', ')}`);
  }
  const values = list.split(',').flatMap((part) => readRange(part.trim(), text));
  const wrong = values.find((value) => (name === 'rate' ? value <= 0 : value < 1 || !Number.isInteger(value)));
  if (wrong !== undefined) {
    throw invalidOver(`${name} takes ${name === 'rate' ? 'numbers above 0' : 'whole numbers from 1'}, not ${wrong}`);
  }
  const twice = values.find((value, index) => values.indexOf(value) < index);
  if (twice !== undefined) throw invalidOver(`${twice} is there twice in "${text}"`);
  return { name, values };
}

const RANGE = /^(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?)(?::([x+])(\d+(?:\.\d+)?))?)?$/;

/** `8`, `1..64:x2` or `8..64:+8`. The end is always a step, even where the factor leaps over it. */
function readRange(part: string, whole: string): readonly number[] {
  const match = RANGE.exec(part);
  if (match === null) throw invalidOver(`"${part}" in "${whole}" is neither a number nor a range like 1..64:x2`);
  const [, first = '', end, kind, stride = ''] = match;
  const from = Number(first);
  if (end === undefined) return [from];
  const to = Number(end);
  if (kind === undefined) throw invalidOver(`"${part}" does not say its steps: ${part}:x2 doubles, ${part}:+8 adds 8`);
  const by = Number(stride);
  if (to <= from) throw invalidOver(`"${part}" must go upwards`);
  if (kind === 'x' ? by <= 1 || from === 0 : by <= 0) {
    throw invalidOver(`"${part}" would never get there: a factor is above 1, a step above 0`);
  }
  const values: number[] = [];
  for (let index = 0; index < MAX_STEPS; index++) {
    const value = Number((kind === 'x' ? from * by ** index : from + by * index).toPrecision(12));
    if (value >= to) break;
    values.push(value);
  }
  return [...values, to];
}

/** A value of each axis, the last one changing fastest. */
export function combinationsOf(axes: readonly Axis[]): readonly Readonly<Record<string, number>>[] {
  return axes.reduce<readonly Readonly<Record<string, number>>[]>(
    (combinations, { name, values }) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  );
}

/** A load with another rate or concurrency. Throws FLAGS_CONFLICT for a load that has none. */
export function withLoadValue(load: Load, axis: 'rate' | 'concurrency', value: number): Load {
  const isSteady = load.kind !== 'trace' && load.stages.length === 0;
  if (isSteady && axis === 'rate' && 'ratePerSecond' in load) return { ...load, ratePerSecond: value };
  if (isSteady && axis === 'concurrency' && 'concurrency' in load) return { ...load, concurrency: value };
  throw new AppError('FLAGS_CONFLICT', {
    first: `--over ${axis}`,
    second: 'this load',
    hint: axis === 'rate' ? 'it needs an open loop of one rate' : 'it needs a closed loop of one concurrency',
  });
}

/** Flags may not name what an axis sets. Throws FLAGS_CONFLICT. */
export function refuseTwofold(axes: readonly Axis[], flags: Readonly<Record<string, unknown>>): void {
  for (const { name } of axes) {
    if (
      (name === 'in' || name === 'out') &&
      new RegExp(`(^|,)\\s*${name}\\s*=`).test(String(flags['synthetic'] ?? ''))
    ) {
      throw new AppError('FLAGS_CONFLICT', {
        first: `--synthetic ${name}=`,
        second: `--over ${name}`,
        hint: 'the axis sets it step by step; leave it out of --synthetic',
      });
    }
    for (const key of SET_BY[name]) {
      if (flags[key] === undefined) continue;
      const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      throw new AppError('FLAGS_CONFLICT', {
        first: flag,
        second: `--over ${name}`,
        hint: 'the axis sets it step by step; leave the flag out',
      });
    }
  }
}

const SET_BY: Readonly<Record<AxisName, readonly string[]>> = {
  rate: ['rate', 'concurrency', 'ramp', 'stage'],
  concurrency: ['concurrency', 'rate', 'ramp', 'stage'],
  'max-tokens': ['maxTokens'],
  // What else makes prompts stands beside them: `out=` beside the axis `in`.
  in: [],
  out: [],
};

/** The values of one step as the flags of `run` have them. */
export function flagsOf(
  values: Readonly<Record<string, number>>,
  { synthetic }: { readonly synthetic?: string } = {},
): Readonly<Record<string, string>> {
  const flags: Record<string, string> = {};
  const { rate, concurrency, 'max-tokens': maxTokens } = values;
  if (rate !== undefined) flags['rate'] = String(rate);
  if (concurrency !== undefined) flags['concurrency'] = String(concurrency);
  if (maxTokens !== undefined) flags['maxTokens'] = String(maxTokens);
  const lengths = (['in', 'out'] as const).flatMap((name) => {
    const tokens = values[name];
    return tokens === undefined ? [] : [`${name}=${tokens}`];
  });
  if (lengths.length > 0) flags['synthetic'] = [...lengths, ...(synthetic === undefined ? [] : [synthetic])].join(',');
  return flags;
}
