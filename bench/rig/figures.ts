// How benches say what they found: one line a figure, with its goal and what it is held against.
import { quantileOf } from './truth.ts';

export interface Figure {
  readonly what: string;
  readonly figure: string;
  readonly goal: string;
  /** Undefined: no goal is set for it. */
  readonly isMet: boolean | undefined;
  /** The same from a bare program, when there is one. */
  readonly reference?: string;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function sayFigure({ what, figure, goal, isMet, reference }: Figure): void {
  const verdict = isMet === undefined ? '     ' : isMet ? 'met  ' : 'MISS ';
  say(`${verdict} ${what.padEnd(46)} ${figure.padEnd(34)} goal ${goal.padEnd(26)} reference ${reference ?? '–'}`);
}

export function ms(value: number): string {
  return `${value.toFixed(3)} ms`;
}

export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

export function thousands(value: number): string {
  return `${(value / 1_000).toFixed(1)}k`;
}

/** Median and p99 in one cell. */
export function spread(values: readonly number[]): string {
  return `p50 ${ms(quantileOf(values, 0.5))}, p99 ${ms(quantileOf(values, 0.99))}`;
}
