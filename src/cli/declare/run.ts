import type { Declare } from './declare.ts';
import { addRunOptions } from './run-options.ts';

export const declareRun: Declare = (program, act) => {
  addRunOptions(program.command('run').description('measure one or several models'))
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/run.ts')).run));
};
