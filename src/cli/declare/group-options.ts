import { type Command, Option } from 'commander';
import { DB_OPTION } from './declare.ts';

/** How the runs of a sweep or a search are kept and shown. `what` is either, `steps` what its dry run tells of. */
export function addGroupOptions(
  command: Command,
  { what, steps }: { readonly what: string; readonly steps: string },
): Command {
  return command
    .optionsGroup('Keeping and showing:')
    .option('--group-id <id>', `name of the ${what}; its runs are ID.1, ID.2, … (default a fresh one)`)
    .option(...DB_OPTION)
    .option('--no-save', 'keep nothing')
    .option('--save-text', 'keep prompt and answer texts too')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .option('--no-progress', 'nothing on stderr but errors')
    .option('-v, --verbose', 'log what is done')
    .option('--dry-run', `only say what ${steps} would take and cost, and send nothing`)
    .helpOption('-h, --help', 'show this');
}
