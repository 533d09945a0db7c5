/** `ok`: as it should be, or not known here. `warn`: numbers may suffer. `fail`: runs would fail, or be invalid. */
export type CheckLevel = 'ok' | 'warn' | 'fail';

/** One line of the doctor. */
export interface Check {
  readonly id: string;
  readonly level: CheckLevel;
  /** What was found. */
  readonly text: string;
  /** What to do; undefined when all is well. */
  readonly todo: string | undefined;
}

export const ok = (id: string, text: string): Check => ({ id, level: 'ok', text, todo: undefined });
export const warn = (id: string, text: string, todo: string): Check => ({ id, level: 'warn', text, todo });
export const fail = (id: string, text: string, todo: string): Check => ({ id, level: 'fail', text, todo });
