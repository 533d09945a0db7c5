import type { Declare } from './declare.ts';

export const declareCalibrate: Declare = (program, act) => {
  program
    .command('calibrate')
    .description('what this client can be trusted with on this machine: accuracy, punctuality, streams (about 40 s)')
    .option('--quick', 'less of it, in about 10 s')
    .option('--no-save', 'only show it')
    .option('--json', 'as JSON')
    .option('--no-progress', 'nothing on stderr but errors')
    .action(act(async () => (await import('../commands/calibrate.ts')).calibrateCommand));
};
