import { DB_OPTION, type Declare } from './declare.ts';

export const declareCompare: Declare = (program, act) => {
  program
    .command('compare')
    .description('say what changed from run A to run B, and how sure that is; exit code 99 on a regression')
    .argument('<A>', 'id of a stored run, or a file of run --output json --include requests')
    .argument('<B>', 'the same')
    .option('--min-effect <percent>', 'smallest change that counts (default 5%)')
    .option('--allow', 'compare even what is not like-for-like')
    .option('--json', 'as JSON')
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/compare.ts')).compare));
};
