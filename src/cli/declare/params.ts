import type { Declare } from './declare.ts';
import { addTargetOptions } from './target-options.ts';

export const declareParams: Declare = (program, act) => {
  const command = program.command('params').description('what models take, and what they would be sent; sends nothing');
  addTargetOptions(command)
    .optionsGroup('Showing:')
    .option('--json', 'as JSON')
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/params.ts')).params));
};
