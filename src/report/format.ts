import type { MetricUnit } from '../metrics/catalogue.ts';

/** What stands for a value that is undefined. */
export const UNDEFINED = '—';

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60_000;

/** Three figures are what a measurement carries; full precision is in JSON and CSV. */
const FIGURES = 3;

/** A value with its unit, for people: `52.1 ms`, `1.24 s`, `18.3 /s`, `2.5 %`. */
export function formatValue(value: number | undefined, unit: MetricUnit): string {
  if (value === undefined) return UNDEFINED;
  switch (unit) {
    case 'ms':
      return formatMs(value);
    case 'ratio':
      return formatRatio(value);
    case 'usd':
      return formatUsd(value);
    default:
      return formatNumber(value);
  }
}

/** Dollars; fractions of a cent keep figures that tell them apart, down to the hundredth of a micro-dollar. */
export function formatUsd(value: number): string {
  if (value >= 1 || value === 0) return `$${formatDecimals(value, 2)}`;
  return `$${value.toFixed(value < 0.0001 ? 8 : 6)}`;
}

/** A duration, from microseconds to minutes. */
export function formatMs(value: number | undefined): string {
  if (value === undefined) return UNDEFINED;
  // Half a millisecond below, it would be shown as 1,000 ms.
  if (Math.abs(value) < MS_PER_SECOND - 0.5) return `${formatNumber(value)} ms`;
  if (Math.abs(value) < MS_PER_MINUTE) return `${formatNumber(value / MS_PER_SECOND)} s`;
  const seconds = Math.round(value / MS_PER_SECOND);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** A share, in percent. */
export function formatRatio(value: number | undefined): string {
  return value === undefined ? UNDEFINED : `${formatNumber(Number((value * 100).toPrecision(12)))} %`;
}

/** Three figures, but never fewer digits than a whole number has; thousands are parted. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return UNDEFINED;
  if (Number.isInteger(value)) return formatDecimals(value, 0);
  // Of the rounded value: 9.999 is shown as 10.0.
  const magnitude = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(FIGURES)))));
  const decimals = Math.min(FIGURES, Math.max(0, FIGURES - 1 - magnitude));
  return formatDecimals(value, decimals);
}

/** That many digits are a whole number without loss. */
const EXACT_DIGITS = 15;

/**
 * So many decimals, halves away from zero; thousands are parted. As `Intl` does it for en-US, which a test holds it to, but without
 * the 70 ms that `Intl` takes before the first number of a process.
 */
export function formatDecimals(value: number, decimals: number): string {
  // Rounded as it is written: 1.005 has no exact binary form, and is to become 1.01.
  const [written = '', exponent = '0'] = String(Math.abs(value)).split('e');
  const [before = '', after = ''] = written.split('.');
  const kept = before.length + Number(exponent) + decimals;
  if (!Number.isFinite(value) || kept > EXACT_DIGITS) return formatByIntl(value, decimals);
  const digits = `${before}${after}`.padEnd(Math.max(kept, 0), '0');
  const isUp = kept >= 0 && (digits[kept] ?? '0') >= '5';
  const text = String(Number(digits.slice(0, Math.max(kept, 0))) + (isUp ? 1 : 0)).padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return `${sign}${whole}${decimals === 0 ? '' : `.${text.slice(-decimals)}`}`;
}

function formatByIntl(value: number, decimals: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
