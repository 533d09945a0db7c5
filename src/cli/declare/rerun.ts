import type { Declare } from './declare.ts';
import { addRunOptions } from './run-options.ts';

export const declareRerun: Declare = (program, act) => {
  const command = program
    .command('rerun')
    .description('measure again what a stored run measured; flags change what they name')
    .argument('<id>', 'id of the run');
  addRunOptions(command)
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/rerun.ts')).rerun));
};
