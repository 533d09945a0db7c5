import { InvalidValue } from './invalid-value.ts';
import { FAULT_KINDS, type FaultRule } from './options.ts';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m)?$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const HIGHEST_PORT = 65_535;

/** A whole number of at least `least`. */
export function parseWholeNumber(text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
    throw new InvalidValue(`"${text}" is not a whole number from ${least}`);
  }
  return value;
}

export function parsePort(text: string): number {
  const port = parseWholeNumber(text, 0);
  if (port > HIGHEST_PORT) throw new InvalidValue(`"${text}" is not a port; use 0 (any free one) to ${HIGHEST_PORT}`);
  return port;
}

/** A decimal number of at least zero. */
export function parseNumber(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidValue(`"${text}" is not a number`);
  return Number(text);
}

/** `500`, `500ms`, `2s` or `1m`, in milliseconds. */
export function parseDurationMs(text: string): number {
  const [, amount, unit = 'ms'] = DURATION.exec(text) ?? [];
  const unitMs = UNIT_MS[unit];
  if (amount === undefined || unitMs === undefined) {
    throw new InvalidValue(`"${text}" is not a duration; use 500ms, 2s or a number of milliseconds`);
  }
  return Number(amount) * unitMs;
}

export function parseChoice<Choice extends string>(text: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) throw new InvalidValue(`"${text}" is unknown; use ${choices.join(', ')}`);
  return choice;
}

export function parseYesOrNo(text: string): boolean {
  return parseChoice(text, ['yes', 'no']) === 'yes';
}

/** `429:0.1` (a rate), `reset@3,7` (request numbers) or `stall` (every request). */
export function parseFaultRule(text: string): FaultRule {
  const [, name = '', separator, detail = ''] = /^([^:@]*)(?:([:@])(.*))?$/.exec(text) ?? [];
  if (name === '') throw new InvalidValue(`"${text}" is not a fault; use 429:0.1, reset@3,7 or stall`);
  const kind = parseChoice(name, FAULT_KINDS);
  if (separator === undefined) return { kind, rate: 1 };
  if (separator === '@') return { kind, requests: detail.split(',').map((part) => parseWholeNumber(part, 1)) };
  const rate = parseNumber(detail);
  if (rate > 1) throw new InvalidValue(`"${text}" has a rate above 1; a rate is a share of the requests, 0 to 1`);
  return { kind, rate };
}
