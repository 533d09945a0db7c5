import { type Command as CommanderCommand, Option } from 'commander';
import { DIALECT_IDS } from '../../model/target.ts';
import { FIELD_FLAGS } from '../flags/provider-fields.ts';
import { collect, type Declare, showHelpAlone } from './declare.ts';

const CONFIG_OPTION = [
  '--config <file>',
  'default LLM_BENCH_CONFIG, else providers.toml here, else that in ~/.config/llm-bench',
] as const;
const NAME_OPTION = ['--name <name>', 'the same as NAME'] as const;
const JSON_OPTION = ['--json', 'as JSON'] as const;

export const declareProvider: Declare = (program, act) => {
  const provider = program.command('provider').description('keep providers in providers.toml').helpCommand(false);
  const add = provider
    .command('add [name]')
    .description('add a provider')
    .option(...NAME_OPTION);
  addFieldOptions(add);
  add
    .option('--force', 'put it in the place of one that has the same name')
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/change.ts')).providerAdd));
  provider
    .command('list')
    .description('all providers: name, models, base URL and key variable; parted by tabs when piped')
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/show.ts')).providerList));
  provider
    .command('show [name]')
    .description('all that is said of a provider')
    .option(...NAME_OPTION)
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/show.ts')).providerShow));
  const edit = provider
    .command('edit [name]')
    .description('change fields of a provider')
    .option(...NAME_OPTION);
  addFieldOptions(edit);
  edit
    .option('--unset <field>', 'remove a field, as temperature or extra_headers.X-Team; repeatable', collect)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/change.ts')).providerEdit));
  provider
    .command('remove [name]')
    .description('remove a provider')
    .option(...NAME_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/change.ts')).providerRemove));
  provider
    .command('import <file>')
    .description("take over a Studio's config.yaml; keys stay behind")
    .option('--prompts <file>', 'write its prompt templates there, as .yaml or .jsonl')
    .option('--force', 'put its providers in the place of those with the same name, and overwrite the prompts')
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/import.ts')).providerImport));
  showHelpAlone(provider);
};

function addFieldOptions(command: CommanderCommand): void {
  for (const { flags, description, kind } of FIELD_FLAGS) {
    const option = new Option(flags, description);
    if (kind === 'choice') option.choices(DIALECT_IDS);
    command.addOption(['list', 'headers', 'params'].includes(kind) ? option.argParser(collect) : option);
  }
}
