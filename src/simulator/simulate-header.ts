import { ANSWER_SETTINGS } from './answer-settings.ts';
import { InvalidValue } from './invalid-value.ts';
import { type AnswerOptions, FAULT_KINDS, type FaultKind } from './options.ts';
import { parseChoice, parseWholeNumber } from './setting-values.ts';

/** What one request asks of the simulator by its header; it wins over the server's options. */
export interface Override {
  readonly answer: Partial<AnswerOptions>;
  /** `none` spares the request the faults of the options. */
  readonly fault: FaultKind | 'none' | undefined;
  /** Answer with this HTTP status and a plain error, 400–599. */
  readonly status: number | undefined;
}

const NO_OVERRIDE: Override = { answer: {}, fault: undefined, status: undefined };
const FAULT_CHOICES = [...FAULT_KINDS, 'none'] as const;
const LOWEST_STATUS = 400;
const HIGHEST_STATUS = 599;

/** Reads `fault=reset; framing=crlf; ttft=20`; a switch may stand alone. Throws InvalidValue. */
export function parseSimulateHeader(header: string | undefined): Override {
  if (header === undefined) return NO_OVERRIDE;
  let override = NO_OVERRIDE;
  for (const part of header.split(';')) {
    const [, key = '', value = 'yes'] = /^\s*([\w-]*)\s*(?:=\s*(.*?))?\s*$/.exec(part) ?? [];
    if (part.trim() !== '') override = withSetting(override, key, value);
  }
  return override;
}

function withSetting(override: Override, key: string, value: string): Override {
  if (key === 'fault') return { ...override, fault: parseChoice(value, FAULT_CHOICES) };
  if (key === 'status') return { ...override, status: parseStatus(value) };
  const setting = ANSWER_SETTINGS.get(key);
  if (setting === undefined) {
    throw new InvalidValue(`"${key}" is unknown; use fault, status, ${[...ANSWER_SETTINGS.keys()].join(', ')}`);
  }
  return { ...override, answer: { ...override.answer, ...setting.parse(value) } };
}

function parseStatus(text: string): number {
  const status = parseWholeNumber(text, LOWEST_STATUS);
  if (status > HIGHEST_STATUS) throw new InvalidValue(`"${text}" is not an error status; use 400 to 599`);
  return status;
}
