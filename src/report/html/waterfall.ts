import { formatMs } from '../format.ts';
import { type Frame, tickMs, xAxis } from './axes.ts';
import { coordinate, escapeHtml, figure, table } from './markup.ts';
import { exactScale, type Scale } from './scale.ts';

/** One attempt as the waterfall draws it; instants in ms from the run's start. */
export interface WaterfallRow {
  readonly id: number;
  /** Number of the colour of its target. */
  readonly colour: number;
  readonly target: string;
  readonly scheduledAtMs: number | undefined;
  readonly startedAtMs: number;
  readonly socketAtMs: number | undefined;
  readonly firstTokenAtMs: number | undefined;
  readonly lastTokenAtMs: number | undefined;
  readonly endedAtMs: number;
  readonly outcome: 'completed' | 'failed' | 'cancelled';
  /** Why it failed. */
  readonly failure: string | undefined;
}

const WIDTH = 960;
const ROW = 16;
const FRAME_LEFT = 92;

/** Requests as bars of what they waited for. `total`: of how many they were chosen. Empty without any. */
export function waterfallFigure(rows: readonly WaterfallRow[], total: number): string {
  if (rows.length === 0) return '';
  const ordered = rows.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const isAligned = !isShortRun(ordered);
  const origin = (row: WaterfallRow): number => (isAligned ? beginOf(row) : Math.min(...ordered.map(beginOf)));
  const longest = ordered.reduce((most, row) => Math.max(most, row.endedAtMs - origin(row)), 0);
  const frame: Frame = { left: FRAME_LEFT, right: WIDTH - 20, top: 12, bottom: 16 + ordered.length * ROW };
  const x = exactScale(longest * 1.01, { from: frame.left, to: frame.right, steps: 8 });
  const label = isAligned ? 'time from when each request was due' : 'time from the first of them';
  const bars = ordered.map((row, index) => bar(row, { x, top: frame.top + index * ROW, originMs: origin(row) }));
  return figure({
    title: 'Requests in detail',
    description: `${rows.length} of ${total} requests as bars: waiting for the client, connecting, waiting for the first token, receiving tokens, waiting for the end. The table has the figures.`,
    svg: [xAxis(x, frame, { format: tickMs, label }), ...bars].join(''),
    width: WIDTH,
    height: frame.bottom + 42,
    isWide: true,
    caption: `${rows.length === total ? `All ${total} requests` : `${rows.length} of ${total} requests: the slowest, failed ones, and others at equal steps`}. ${legend()}`,
    data: waterfallTable(ordered),
  });
}

/** Few enough waiting lengths for one common axis. */
function isShortRun(rows: readonly WaterfallRow[]): boolean {
  const lengths = rows.map((row) => row.endedAtMs - beginOf(row));
  const span = Math.max(...rows.map(({ endedAtMs }) => endedAtMs)) - Math.min(...rows.map(beginOf));
  return span <= 12 * Math.max(...lengths);
}

function beginOf({ scheduledAtMs, startedAtMs }: WaterfallRow): number {
  return Math.min(scheduledAtMs ?? startedAtMs, startedAtMs);
}

interface Part {
  readonly kind: 'late' | 'connect' | 'wait' | 'decode' | 'tail';
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a request waited for, one after the other. */
function partsOf(row: WaterfallRow): readonly Part[] {
  const socket = row.socketAtMs ?? row.startedAtMs;
  const first = row.firstTokenAtMs ?? row.endedAtMs;
  const last = row.lastTokenAtMs ?? first;
  const parts: readonly Part[] = [
    { kind: 'late', fromMs: beginOf(row), toMs: row.startedAtMs },
    { kind: 'connect', fromMs: row.startedAtMs, toMs: socket },
    { kind: 'wait', fromMs: socket, toMs: first },
    { kind: 'decode', fromMs: first, toMs: last },
    { kind: 'tail', fromMs: last, toMs: row.endedAtMs },
  ];
  return parts.filter(({ fromMs, toMs }) => toMs > fromMs);
}

function bar(
  row: WaterfallRow,
  { x, top, originMs }: { readonly x: Scale; readonly top: number; readonly originMs: number },
): string {
  const at = (ms: number): string => coordinate(x.at(ms - originMs));
  const boxes = partsOf(row).map(
    ({ kind, fromMs, toMs }) =>
      `<path class="part ${kind}" d="M${at(fromMs)} ${top + 3}H${at(toMs)}v${ROW - 5}H${at(fromMs)}z"/>`,
  );
  const failed =
    row.outcome === 'completed'
      ? ''
      : `<path class="failure" d="M${coordinate(x.at(row.endedAtMs - originMs) + 3)} ${top + 5}l6 6m0-6l-6 6"/>`;
  const name = `<circle class="fill c${row.colour}" cx="12" cy="${top + 8}" r="3.5"/><text class="tick" x="22" y="${top + 12}">#${row.id}</text>`;
  return `${name}${boxes.join('')}${failed}`;
}

function legend(): string {
  const words = {
    late: 'sent late by the client',
    connect: 'connection',
    wait: 'until the first token',
    decode: 'tokens',
    tail: 'after the last token',
  } as const;
  const items = Object.entries(words).map(
    ([kind, text]) =>
      `<span class="key"><svg viewBox="0 0 12 12" aria-hidden="true"><path class="part ${kind}" d="M0 0H12V12H0z"/></svg>${text}</span>`,
  );
  return items.join(' ');
}

function waterfallTable(rows: readonly WaterfallRow[]): string {
  const since = (row: WaterfallRow, ms: number | undefined): string =>
    ms === undefined ? '—' : formatMs(ms - row.startedAtMs);
  return table({
    caption: 'The requests drawn: when each started, and what came how long after its start',
    heads: ['request', 'target', 'started', 'due', 'first token', 'last token', 'end', 'outcome'],
    rows: rows.map((row) => [
      `#${row.id}`,
      escapeHtml(row.target),
      formatMs(row.startedAtMs),
      row.scheduledAtMs === undefined ? '—' : `${formatMs(row.startedAtMs - row.scheduledAtMs)} before`,
      since(row, row.firstTokenAtMs),
      since(row, row.lastTokenAtMs),
      since(row, row.endedAtMs),
      escapeHtml(row.failure === undefined ? row.outcome : `${row.outcome}: ${row.failure}`),
    ]),
  });
}
