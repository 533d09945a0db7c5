import type { LiveView } from '../../app/live.ts';
import type { Clock } from '../../clock.ts';
import { listenForKeys } from './live-keys.ts';
import { progressLine } from './live-lines.ts';
import { type Panel, panelAfter, screenLines } from './live-screen.ts';
import { columnsOf, rowsOf, say } from './streams.ts';

/** A view of a run under way, on stderr. */
export interface LiveDisplay {
  /** Says a line that stays, above the view. */
  say(line: string): void;
  /** Takes the view away; what comes next starts on a clean line. */
  stop(): void;
}

const FRAME_EVERY_MS = 250;
const PROGRESS_EVERY_MS = 10_000;

/** What stands above the targets; it may change while a run goes on. */
export type LiveHead = () => readonly string[];

/**
 * Redraws in place, four times a second, only the lines that have changed. One target is shown in full; of several all at a glance,
 * and each in full by its key.
 */
export function startLiveView(view: () => LiveView, head: LiveHead, clock: Clock): LiveDisplay {
  const stream = process.stderr;
  const isAlone = view().targets.length === 1;
  let panel: Panel = isAlone ? 0 : 'all';
  let drawn: readonly string[] = [];
  const draw = (): void => {
    const size = { columns: columnsOf(stream) - 1, rows: rowsOf(stream) - 1 };
    const lines = screenLines({ view: view(), head: head(), panel, hasKeys: stopKeys !== undefined, size });
    stream.write(redraw(drawn, lines));
    drawn = lines;
  };
  const erase = (): void => {
    stream.write(drawn.length === 0 ? '' : `\x1b[${rowsTaken(drawn, columnsOf(stream))}A\x1b[J`);
    drawn = [];
  };
  const redrawAll = (): void => {
    erase();
    draw();
  };
  const stopKeys = isAlone
    ? undefined
    : listenForKeys((key) => {
        panel = panelAfter(panel, key, view().targets.length);
        draw();
      });
  const stopTimer = repeat(clock, FRAME_EVERY_MS, draw);
  stream.on('resize', redrawAll);
  draw();
  return {
    say(line) {
      erase();
      say(line);
      draw();
    },
    stop() {
      stopTimer();
      stopKeys?.();
      stream.off('resize', redrawAll);
      erase();
    },
  };
}

/** Rows that lines take on a terminal of that width, which may have become narrower than they are. */
export function rowsTaken(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
}

/** A line now and then, for a log. */
export function startProgressLines(view: () => LiveView, head: LiveHead, clock: Clock): LiveDisplay {
  for (const line of head()) say(line);
  const stopTimer = repeat(clock, PROGRESS_EVERY_MS, () => say(progressLine(view())));
  return { say, stop: stopTimer };
}

/** Nothing at all. */
export const NO_DISPLAY: LiveDisplay = { say, stop: () => undefined };

/** Escape codes that turn the old lines into the new, from the line below the old ones to the line below the new. */
export function redraw(before: readonly string[], after: readonly string[]): string {
  const up = before.length === 0 ? '' : `\x1b[${before.length}A`;
  const lines = after.map((line, index) => (line === before[index] ? '\n' : `\x1b[2K${line}\n`));
  const rest = before.length > after.length ? '\x1b[J' : '';
  return `${up}${lines.join('')}${rest}`;
}

function repeat(clock: Clock, everyMs: number, action: () => void): () => void {
  let cancel = (): void => undefined;
  const again = (): void => {
    cancel = clock.after(everyMs, () => {
      action();
      again();
    });
  };
  again();
  return () => cancel();
}
