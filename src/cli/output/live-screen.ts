import type { LiveView } from '../../app/live.ts';
import type { ViewKey } from './live-keys.ts';
import { cut, overviewLines } from './live-lines.ts';
import { panelLines } from './live-panel.ts';

/** Which panel is shown: `all`, or the target of that index. */
export type Panel = 'all' | number;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The panel after a key; keys for targets that are not there change nothing. */
export function panelAfter(panel: Panel, key: ViewKey, targetCount: number): Panel {
  const place = panel === 'all' ? 0 : panel + 1;
  const places = targetCount + 1;
  switch (key.kind) {
    case 'overview':
      return 'all';
    case 'target':
      return key.index < targetCount ? key.index : panel;
    default: {
      const next = (place + (key.kind === 'next' ? 1 : places - 1)) % places;
      return next === 0 ? 'all' : next - 1;
    }
  }
}

export interface ScreenInput {
  readonly view: LiveView;
  readonly head: readonly string[];
  readonly panel: Panel;
  /** Keys are listened to: say which. */
  readonly hasKeys: boolean;
  readonly size: Size;
}

/** The whole view. Never more lines than the terminal has rows, never wider: a line that wraps cannot be drawn over. */
export function screenLines({ view, head, panel, hasKeys, size }: ScreenInput): readonly string[] {
  const { columns } = size;
  const top = head.map((line) => cut(line, columns));
  const bottom = hasKeys ? [cut(keysLine(view, panel), columns)] : [];
  const room = size.rows - top.length - bottom.length;
  const body = panel === 'all' ? overviewLines(view, columns, room) : panelLines(view, panel, columns);
  return [...top, ...body.slice(0, Math.max(0, room)), ...bottom].slice(0, size.rows);
}

function keysLine(view: LiveView, panel: Panel): string {
  const place =
    panel === 'all' ? `all ${view.targets.length} targets` : `target ${panel + 1} of ${view.targets.length}`;
  return `${place}  ·  tab or ←/→: next  ·  1–9: one  ·  0: all`;
}
