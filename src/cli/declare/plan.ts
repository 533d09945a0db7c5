import { Option } from 'commander';
import { DB_OPTION, type Declare } from './declare.ts';
import { addPlanOptions } from './plan-options.ts';
import { addTargetOptions } from './target-options.ts';

export const declarePlan: Declare = (program, act) => {
  const command = program.command('plan').description('what a run would take and cost; sends nothing');
  addPlanOptions(addTargetOptions(command))
    .optionsGroup('Showing:')
    .option(...DB_OPTION)
    .addOption(new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json']).default('text'))
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/plan.ts')).plan));
};
