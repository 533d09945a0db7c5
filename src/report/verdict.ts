import type { ThresholdCheck, ThresholdVerdict } from '../metrics/judge-thresholds.ts';
import { formatUsd, formatValue } from './format.ts';
import type { Style } from './style.ts';
import { wrap } from './table.ts';

const WIDTH = 'unknown'.length;
const MARGIN = ' '.repeat(WIDTH + 2);

/** A line a condition and target: `FAILED   ttft.p95 > 800ms: 912 ms (local · fake)`. Lines are fitted to `columns`. */
export function renderVerdict(
  verdict: ThresholdVerdict,
  { style, columns }: { readonly style: Style; readonly columns: number },
): readonly string[] {
  return verdict.checks.flatMap((check) => {
    const [first = '', ...more] = wrap(checkText(check), columns - MARGIN.length);
    return [`${word(check, style)}  ${first}`, ...more.map((line) => MARGIN + line)];
  });
}

function word({ status }: ThresholdCheck, style: Style): string {
  if (status === 'passed') return style.good('passed'.padEnd(WIDTH));
  return style.bad((status === 'failed' ? 'FAILED' : 'UNKNOWN').padEnd(WIDTH));
}

/** Without colours and without its status. */
export function checkText({ threshold, target, value, note }: ThresholdCheck): string {
  const shown = value === undefined ? [] : [threshold.unit === 'usd' ? formatUsd(value) : withUnit(value, threshold)];
  const said = [...shown, ...(note === undefined ? [] : [note])].join(', ');
  const of = target === undefined ? 'the run' : `${target.provider} · ${target.model}`;
  return `${threshold.text}: ${said} (${of})`;
}

function withUnit(value: number, { unit }: ThresholdCheck['threshold']): string {
  const text = formatValue(value, unit);
  return unit === 'ms' || unit === 'ratio' ? text : `${text} ${unit}`;
}
