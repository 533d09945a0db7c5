import { toIso } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { Milliseconds } from '../../model/units.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `90d`, `12h`, `2w`. Without its unit nobody knows what was meant, so it is asked for. */
export function readAge(text: string, flag: string, command: string): Milliseconds {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([mhdw])\s*$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (factor !== undefined) return Number(digits) * factor;
  const problem = `"${text}" is not an age like 90d, 12h or 2w`;
  throw new AppError('FLAG_INVALID', { flag, problem, command });
}

/** A moment: an age before now, or a date and time as ISO 8601 writes it, in UTC where it names no zone. */
export function readSince(
  text: string,
  nowIso: string,
  { flag, command }: { readonly flag: string; readonly command: string },
): string {
  if (/^\d+(?:\.\d+)?\s*[mhdw]$/.test(text.trim())) {
    return toIso(Date.parse(nowIso) - readAge(text, flag, command));
  }
  const isDate = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?$/.test(text.trim());
  const zoned =
    /(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) || text.trim().length === 10 ? text.trim() : `${text.trim()}Z`;
  const moment = isDate ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
  if (!Number.isNaN(moment)) return toIso(moment);
  const problem = `"${text}" is neither an age like 7d nor a date like 2026-01-31`;
  throw new AppError('FLAG_INVALID', { flag, problem, command });
}
