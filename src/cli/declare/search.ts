import { Option } from 'commander';
import type { Declare } from './declare.ts';
import { addGroupOptions } from './group-options.ts';
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
  addGroupOptions(addPlanOptions(addTargetOptions(command)), { what: 'search', steps: 'the climb' }).action(
    act(async () => (await import('../commands/search.ts')).search),
  );
};
