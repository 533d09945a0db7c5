import { type Declare, showHelpAlone } from './declare.ts';
import { addRunOptions } from './run-options.ts';

export const declareConfig: Declare = (program, act) => {
  const config = program.command('config').description('what holds where no flag is given, and why').helpCommand(false);
  const show = addRunOptions(
    config.command('show').description('what a run would be told: flags, variables and files'),
  );
  // Any flag of run can be tried out; the help of run says which there are.
  for (const option of show.options) option.hideHelp();
  show
    .optionsGroup('Showing:')
    .option('--origin', 'also say where each value comes from')
    .option('--all', 'also what nothing was said of')
    .option('--json', 'as JSON, with origins')
    .helpOption('-h, --help', 'show this')
    .addHelpText('after', '\nTakes a plan file and every flag of llm-bench run, as run would.')
    .action(act(async () => (await import('../commands/config.ts')).configShow));
  config
    .command('schema')
    .description('the JSON schema of plan files and of llm-bench.yaml, for editors')
    .action(act(async () => (await import('../commands/config.ts')).configSchema));
  showHelpAlone(config);
};
