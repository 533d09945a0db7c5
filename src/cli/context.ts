import type { Command as CommanderCommand } from 'commander';
import type { AppContext } from '../app/context.ts';
import type { SettingsLayer } from '../app/settings-file/setting-key.ts';
import type { Clock } from '../clock.ts';
import type { LogLevel } from '../model/log-level.ts';
import type { Settings } from '../settings.ts';

/** What a command works with. */
export interface CliContext {
  readonly settings: Settings;
  readonly clock: Clock;
  /** For what the user left to chance. */
  readonly freshSeed: () => number;
  /** With a log of that level. */
  readonly createApp: (logLevel: LogLevel) => AppContext;
  /** The launcher's file, to start this program again as a process of its own. */
  readonly entry: string;
  /** What was said, by whom: flags, variables and files. */
  readonly said?: SettingsLayer;
  /** Of that, what was typed. */
  readonly typed?: SettingsLayer;
  /** All commands, for completion. */
  readonly program?: CommanderCommand;
}

/** A command's action: resolves to the exit code. `names`: what was given beside flags. */
export type Command<Flags> = (flags: Flags, context: CliContext, names: readonly string[]) => Promise<number>;
