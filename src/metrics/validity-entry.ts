/** `ok`: nothing to say. `note`: read it beside the numbers. `invalid`: do not use the numbers as they are. */
export type ValidityLevel = 'ok' | 'note' | 'invalid';

/** One line of the ledger: is there a reason to doubt the numbers, and what to do about it. */
export interface ValidityEntry {
  readonly id: string;
  readonly level: ValidityLevel;
  /** What was seen. */
  readonly text: string;
  /** The likely cause and the next step; undefined when all is well. */
  readonly hint: string | undefined;
}

/** A ratio as entries write it: `12.5 %`. */
export function percent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(1))} %`;
}

/** A duration as entries write it: `1.25 ms`. */
export function ms(value: number | undefined): string {
  return value === undefined ? '—' : `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}
