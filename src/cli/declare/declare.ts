import type { Command as CommanderCommand } from 'commander';
import { nearestSetting } from '../../app/settings-file/nearest-setting.ts';
import type { Command } from '../context.ts';

/** Turns a command's code, loaded only when it is meant, into what the parser calls. */
export type Act = <Flags>(load: () => Promise<Command<Flags>>) => (...given: unknown[]) => Promise<void>;

/** Adds one command, with its flags, to the program. `argv`: as typed, for a command whose flags are loaded only when it is meant. */
export type Declare = (program: CommanderCommand, act: Act, argv: readonly string[]) => void | Promise<void>;

export const DB_OPTION = [
  '--db <file|url>',
  'database: a DuckDB file, sqlite:FILE or postgresql://… (default LLM_BENCH_DB, DATABASE_URL, else bench.duckdb)',
] as const;

/** For a flag that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** A command that is only there for its subcommands shows its help. After they were added, for they inherit what it allows. */
export function showHelpAlone(parent: CommanderCommand): void {
  parent.allowExcessArguments().action(() => {
    const [unknown] = parent.args;
    if (unknown === undefined) parent.help();
    const known = parent
      .createHelp()
      .visibleCommands(parent)
      .map((command) => command.name());
    const [near] = nearestSetting(unknown, known);
    const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
    parent.error(`error: unknown command '${unknown}' (${hint})`);
  });
}
