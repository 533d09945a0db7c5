import { DB_OPTION, type Declare } from './declare.ts';

export const declareDemo: Declare = (program, act) => {
  program
    .command('demo')
    .description('measure two simulated providers, without a key')
    .option(...DB_OPTION)
    .option('--no-progress', 'nothing on stderr but errors')
    .action(act(async () => (await import('../commands/demo.ts')).demo));
};
