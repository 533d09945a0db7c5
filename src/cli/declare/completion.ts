import { Argument, Option } from 'commander';
import { SHELLS } from '../completion/scripts.ts';
import type { Declare } from './declare.ts';

export const declareCompletion: Declare = (program, act) => {
  program
    .command('completion')
    .description('what makes a shell complete commands, flags and values; its first lines say where it goes')
    .addArgument(new Argument('<shell>', 'of the user').choices(SHELLS))
    .action(act(async () => (await import('../commands/completion.ts')).completion));
  program
    .command('complete', { hidden: true })
    .description('what can stand at the end of a command line; for the scripts of completion')
    .addOption(new Option('--shell <shell>').choices(SHELLS))
    .option('--line <text>', 'the command line up to the cursor')
    .argument('[words...]', 'else its words without the first, after --')
    .action(act(async () => (await import('../commands/completion.ts')).complete));
};
