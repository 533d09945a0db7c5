import { collect, DB_OPTION, type Declare } from './declare.ts';

export const declareCompare: Declare = (program, act) => {
  program
    .command('compare')
    .description('say what changed from run A to run B, and how sure that is; exit code 99 on a regression')
    .argument('<A>', 'id of a stored run, or a file of run --output json --include requests')
    .argument('[B]', 'the same; left out: two targets of A, which --target names')
    .option(
      '--target <name>',
      'only this one, by provider/model, provider or model; given twice, first of A, then of B',
      collect,
    )
    .option('--min-effect <percent>', 'smallest change that counts (default 5%)')
    .option('--allow', 'compare even what is not like-for-like')
    .option('--json', 'as JSON')
    .option('--export <file>', 'also to a file: .json .md .xml (JUnit) .html; repeatable', collect)
    .option(...DB_OPTION)
    .action(act(async () => (await import('../commands/compare.ts')).compare));
};
