import type { LiveView } from '../../app/live.ts';
import type { Clock } from '../../clock.ts';
import { liveLines, progressLine } from './live-lines.ts';
import { columnsOf, say } from './streams.ts';

/** A view of a run under way, on stderr. */
export interface LiveDisplay {
  /** Says a line that stays, above the view. */
  say(line: string): void;
  /** Takes the view away; what comes next starts on a clean line. */
  stop(): void;
}

const FRAME_EVERY_MS = 250;
const PROGRESS_EVERY_MS = 10_000;

/** Redraws in place, four times a second, only the lines that have changed. */
export function startLiveView(view: () => LiveView, head: readonly string[], clock: Clock): LiveDisplay {
  const stream = process.stderr;
  let drawn: readonly string[] = [];
  const draw = (): void => {
    const lines = liveLines(view(), head, columnsOf(stream) - 1);
    stream.write(redraw(drawn, lines));
    drawn = lines;
  };
  const stopTimer = repeat(clock, FRAME_EVERY_MS, draw);
  const erase = (): void => {
    stream.write(drawn.length === 0 ? '' : `\x1b[${drawn.length}A\x1b[J`);
    drawn = [];
  };
  draw();
  return {
    say(line) {
      erase();
      say(line);
      draw();
    },
    stop() {
      stopTimer();
      erase();
    },
  };
}

/** A line now and then, for a log. */
export function startProgressLines(view: () => LiveView, head: readonly string[], clock: Clock): LiveDisplay {
  for (const line of head) say(line);
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
