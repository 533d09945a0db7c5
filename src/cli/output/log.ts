import type { Log } from '../../app/context.ts';
import { LOG_LEVELS, type LogLevel } from '../../model/log-level.ts';
import { say } from './streams.ts';

/** A log to stderr that lets `level` and worse through. */
export function createLog(level: LogLevel): Log {
  const threshold = LOG_LEVELS.indexOf(level);
  const at =
    (own: LogLevel) =>
    (line: string): void => {
      if (LOG_LEVELS.indexOf(own) <= threshold) say(`${own}: ${line}`);
    };
  return { warn: at('warn'), info: at('info'), debug: at('debug') };
}
