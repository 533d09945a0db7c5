import { formatNumber } from '../format.ts';
import { coordinate, escapeHtml } from './markup.ts';
import type { Scale } from './scale.ts';

/** The frame of a picture: where its content lies. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** How values of an axis are written. */
export type TickFormat = (value: number) => string;

/** Lines across the content with their values below it. */
export function xAxis(
  scale: Scale,
  frame: Frame,
  { format, label }: { readonly format: TickFormat; readonly label: string },
): string {
  const ticks = scale.ticks.map((value) => {
    const x = coordinate(scale.at(value));
    return `<path class="grid" d="M${x} ${frame.top}V${frame.bottom}"/><text class="tick" x="${x}" y="${frame.bottom + 20}" text-anchor="middle">${escapeHtml(format(value))}</text>`;
  });
  const middle = coordinate((frame.left + frame.right) / 2);
  return `${ticks.join('')}<text class="label" x="${middle}" y="${frame.bottom + 38}" text-anchor="middle">${escapeHtml(label)}</text>`;
}

/** Lines across the content with their values left of it; the label stands above. */
export function yAxis(
  scale: Scale,
  frame: Frame,
  { format, label }: { readonly format: TickFormat; readonly label: string },
): string {
  const ticks = scale.ticks.map((value) => {
    const y = scale.at(value);
    return `<path class="grid" d="M${frame.left} ${coordinate(y)}H${frame.right}"/><text class="tick" x="${frame.left - 6}" y="${coordinate(y + 4)}" text-anchor="end">${escapeHtml(format(value))}</text>`;
  });
  return `${ticks.join('')}<text class="label" x="${frame.left}" y="${frame.top - 13}" text-anchor="start">${escapeHtml(label)}</text>`;
}

/** Milliseconds as an axis writes them: `250 ms`, `1.5 s`, `2 min`. */
export function tickMs(value: number): string {
  if (value === 0) return '0';
  if (value < 1_000) return `${formatShort(value)} ms`;
  if (value < 120_000) return `${formatShort(value / 1_000)} s`;
  return `${formatShort(value / 60_000)} min`;
}

export function tickNumber(value: number): string {
  return formatShort(value);
}

function formatShort(value: number): string {
  const short = Number(value.toPrecision(3));
  return Math.abs(short) >= 1
    ? formatNumber(short)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, '')
    : String(short);
}
