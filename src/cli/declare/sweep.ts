import { Option } from 'commander';
import { collect, DB_OPTION, type Declare } from './declare.ts';
import { addPlanOptions } from './plan-options.ts';
import { addTargetOptions } from './target-options.ts';

export const declareSweep: Declare = (program, act) => {
  const command = program
    .command('sweep')
    .description('measure at one load after the other: a table, a curve and its knee')
    .optionsGroup('Steps:')
    .option(
      '--over <axis=values>',
      'rate=1..64:x2, rate=8..64:+8, concurrency=1,2,4,8, max-tokens=…, or in=… and out=… of made prompts; given twice, the last one goes along the curve',
      collect,
    )
    .option('--latency <metric.statistic>', 'of the curve (default e2e.p50)');
  addPlanOptions(addTargetOptions(command))
    .optionsGroup('Keeping and showing:')
    .option('--group-id <id>', 'name of the sweep; its runs are ID.1, ID.2, … (default a fresh one)')
    .option(...DB_OPTION)
    .option('--no-save', 'keep nothing')
    .option('--save-text', 'keep prompt and answer texts too')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .option('--no-progress', 'nothing on stderr but errors')
    .option('-v, --verbose', 'log what is done')
    .option('--dry-run', 'only say what the steps would take and cost, and send nothing')
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/sweep.ts')).sweep));
};
