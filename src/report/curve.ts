import { formatMs, formatNumber } from './format.ts';

/** A mark of a plot. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  /** One character. */
  readonly mark: string;
}

const ROWS = 10;
/** From this ratio on, small latencies would all lie on the floor. */
const LOG_FROM = 10;
const MIN_WIDTH = 20;

/**
 * Points over a frame of `columns` characters, latencies upwards; by their logarithm when they differ tenfold. The last point of a
 * place is the one that is seen. Empty with fewer than two points.
 */
export function renderPlot(
  points: readonly PlotPoint[],
  { columns, unit }: { readonly columns: number; readonly unit: string },
): readonly string[] {
  if (points.length < 2) return [];
  const ys = spanOf(points.map(({ y }) => y));
  const xs = { low: 0, high: spanOf(points.map(({ x }) => x)).high };
  const isLog = ys.low > 0 && ys.high / ys.low >= LOG_FROM;
  const labels = [ys.high, isLog ? Math.sqrt(ys.high * ys.low) : (ys.high + ys.low) / 2, ys.low].map(formatMs);
  const margin = Math.max(...labels.map((label) => label.length));
  const width = Math.max(MIN_WIDTH, columns - margin - 3);
  const grid = Array.from({ length: ROWS }, () => new Array<string>(width).fill(' '));
  for (const { x, y, mark } of points) {
    const row = Math.round((1 - shareOf(y, ys, isLog)) * (ROWS - 1));
    const column = Math.round(shareOf(x, xs, false) * (width - 1));
    const line = grid[row];
    if (line !== undefined) line[column] = mark;
  }
  const labelled: Readonly<Record<number, string | undefined>> = {
    0: labels[0],
    [Math.round((ROWS - 1) / 2)]: labels[1],
    [ROWS - 1]: labels[2],
  };
  const right = `${formatNumber(xs.high)} ${unit}`;
  return [
    ...grid.map((line, row) => `${(labelled[row] ?? '').padStart(margin)} │${line.join('').trimEnd()}`),
    `${' '.repeat(margin)} └${'─'.repeat(width)}`,
    `${' '.repeat(margin)}  0${right.padStart(width - 1)}`,
  ];
}

function spanOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  return { low: Math.min(...values), high: Math.max(...values) };
}

function shareOf(
  value: number,
  { low, high }: { readonly low: number; readonly high: number },
  isLog: boolean,
): number {
  if (high <= low) return 0;
  return isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}
