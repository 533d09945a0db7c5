import { Option } from 'commander';
import { DB_OPTION, type Declare } from './declare.ts';
import { addPlanOptions } from './plan-options.ts';
import { addTargetOptions } from './target-options.ts';

export const declareSearch: Declare = (program, act) => {
  const command = program
    .command('search')
    .description('the highest load that keeps the objectives of --slo')
    .optionsGroup('Search:')
    .addOption(new Option('--over <axis>', 'what is raised (default rate)').choices(['rate', 'concurrency']))
    .option('--from <level>', 'the lowest level, tried first (default 1)')
    .option('--to <level>', 'the highest that may be tried (default no end)')
    .option('--precision <share>', 'how near the edge is found (default 5%)')
    .option('--repeats <n>', 'the most runs of one level, near the edge (default 3)')
    .option('--max-steps <n>', 'the most runs in all (default 40)')
    .option('--attainment <share>', 'requests that must keep objectives like ttft<=500ms (default 95%)')
    .option('--max-error-rate <share>', 'a level with more failed requests is missed (default 1%)');
  addPlanOptions(addTargetOptions(command))
    .optionsGroup('Keeping and showing:')
    .option('--group-id <id>', 'name of the search; its runs are ID.1, ID.2, … (default a fresh one)')
    .option(...DB_OPTION)
    .option('--no-save', 'keep nothing')
    .option('--save-text', 'keep prompt and answer texts too')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .option('--no-progress', 'nothing on stderr but errors')
    .option('-v, --verbose', 'log what is done')
    .option('--dry-run', 'only say what the climb would take and cost, and send nothing')
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/search.ts')).search));
};
