import { DB_OPTION, type Declare } from './declare.ts';

export const declareDoctor: Declare = (program, act) => {
  program
    .command('doctor')
    .description('is this machine fit to measure, and can it reach what is configured?')
    .option('--config <file>', 'providers file (default providers.toml here, else your own)')
    .option(...DB_OPTION)
    .option('--concurrency <n>', 'connections that must be possible at once (default 256)')
    .option('--no-network', 'connect to nobody')
    .option('--json', 'as JSON')
    .action(act(async () => (await import('../commands/doctor.ts')).doctor));
};
