import { AppError } from '../../errors.ts';
import { parseThreshold, type Threshold } from '../../metrics/threshold.ts';
import { OBJECTIVE_METRICS, type Objective } from '../../model/objective.ts';
import type { JsonValue, Milliseconds } from '../../model/units.ts';

/** Reads the value of one flag; throws FLAG_INVALID that says what would be right. */
export type FlagReader<T> = (text: string, flag: string) => T;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

export function invalidFlag(flag: string, problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag, problem, command: 'run' });
}

export function conflict(first: string, second: string, hint: string): AppError {
  return new AppError('FLAGS_CONFLICT', { first, second, hint });
}

/** `30` and `30s`, `500ms`, `2m`, `1h`; a bare number is seconds. From 0. */
export const readDuration: FlagReader<Milliseconds> = (text, flag) => {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim());
  if (match === null) throw invalidFlag(flag, `"${text}" is not a duration; write 30, 30s, 500ms or 2m`);
  return Number(match[1]) * (UNITS[match[2] ?? 's'] ?? 1);
};

/** A duration above 0. */
export const readLimit: FlagReader<Milliseconds> = (text, flag) => {
  const duration = readDuration(text, flag);
  if (duration === 0) throw invalidFlag(flag, 'must be above 0');
  return duration;
};

/** A whole number from 1. */
export const readCount: FlagReader<number> = (text, flag) => {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw invalidFlag(flag, `"${text}" is not a whole number from 1`);
  return Number(text);
};

/** A whole number from 0. */
export const readCountFromZero: FlagReader<number> = (text, flag) => {
  if (!/^\d{1,15}$/.test(text)) throw invalidFlag(flag, `"${text}" is not a whole number from 0`);
  return Number(text);
};

/** A number above 0. */
export const readRate: FlagReader<number> = (text, flag) => {
  const rate = toNumber(text);
  if (rate === undefined || rate <= 0) throw invalidFlag(flag, `"${text}" is not a number above 0`);
  return rate;
};

/** A number from 0. */
export const readNumber: FlagReader<number> = (text, flag) => {
  const value = toNumber(text);
  if (value === undefined || value < 0) throw invalidFlag(flag, `"${text}" is not a number from 0`);
  return value;
};

function toNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
}

/** A name for a run: letters, digits, dot, dash and underscore, up to 64. */
export const readRunId: FlagReader<string> = (text, flag) => {
  if (/^[\w.-]{1,64}$/.test(text)) return text;
  throw invalidFlag(flag, `"${text}" is not a name of up to 64 letters, digits, dots, dashes and underscores`);
};

/** A label: anything in a line, up to 64 characters. */
export const readLabel: FlagReader<string> = (text, flag) => {
  if (/^[^\p{Cc}]{1,64}$/u.test(text) && text.trim() === text) return text;
  throw invalidFlag(flag, `"${text}" is not a label of up to 64 characters in one line`);
};

/** `key=value`; the value is JSON where it can be read as such, else a text. */
export const readParameter: FlagReader<readonly [string, JsonValue]> = (text, flag) => {
  const match = /^([^=\s]+)=(.*)$/s.exec(text);
  if (match === null) throw invalidFlag(flag, `"${text}" is not key=value`);
  const [, key = '', value = ''] = match;
  try {
    return [key, JSON.parse(value) as JsonValue];
  } catch {
    return [key, value]; // Not JSON: `--param user=me` means the text.
  }
};

/** Fields of a request's head that its sender builds itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(['host', 'content-length', 'connection', 'transfer-encoding']);

/** `name: value`. The value is a secret, so no error repeats it. */
export const readHeader: FlagReader<readonly [string, string]> = (text, flag) => {
  const match = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*)$/s.exec(text);
  if (match === null) throw invalidFlag(flag, 'a header is written "name: value"');
  const [, name = '', value = ''] = match;
  if (OWN_HEADERS.has(name.toLowerCase())) throw invalidFlag(flag, `${name} is set by llm-bench itself`);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw invalidFlag(flag, `the value of ${name} holds a character that no header may`);
  return [name.toLowerCase(), value.trim()];
};

/** `ttft<=500ms,tpot<=50ms`: upper limits on every request. */
export const readObjectives: FlagReader<readonly Objective[]> = (text, flag) =>
  text.split(',').map((part) => {
    const match = /^\s*([a-z0-9]+)\s*(?:<=|≤|<)\s*(.+?)\s*$/i.exec(part);
    const metric = OBJECTIVE_METRICS.find((known) => known === match?.[1]?.toLowerCase());
    if (match === null || metric === undefined) {
      throw invalidFlag(
        flag,
        `"${part.trim()}" is not an objective like ttft<=500ms; metrics: ${OBJECTIVE_METRICS.join(', ')}`,
      );
    }
    // Everywhere else a bare number is seconds; here most people mean milliseconds, so nothing is guessed.
    if (/^[\d.]+$/.test(match[2] ?? ''))
      throw invalidFlag(flag, `"${part.trim()}" has no unit; write ${match[2]}ms or ${match[2]}s`);
    return { metric, max: readLimit(match[2] ?? '', flag) };
  });

/** `ttft.p95 > 800ms`: what no run should meet. `command` names the help to look at. */
export function readThresholds(texts: readonly string[] | undefined, command: string): readonly Threshold[] {
  return (texts ?? []).map((text) => {
    const threshold = parseThreshold(text);
    if ('problem' in threshold)
      throw new AppError('FLAG_INVALID', { flag: '--fail-if', problem: threshold.problem, command });
    return threshold;
  });
}
