import { type Command as CommanderCommand, Option } from 'commander';
import { DIALECT_IDS } from '../../model/target.ts';
import { FIELD_FLAGS } from '../flags/provider-fields.ts';
import { type Act, collect, type Declare, showHelpAlone } from './declare.ts';

const CONFIG_OPTION = [
  '--config <file>',
  'default LLM_BENCH_CONFIG, else providers.toml here, else that in ~/.config/llm-bench',
] as const;
const NAME_OPTION = ['--name <name>', 'the same as NAME'] as const;
const JSON_OPTION = ['--json', 'as JSON'] as const;

export const declareProvider: Declare = (program, act) => {
  const provider = program.command('provider').description('keep providers in providers.toml').helpCommand(false);
  addChanges(provider, act);
  addLooks(provider, act);
  addCalls(provider, act);
  showHelpAlone(provider);
};

/** What writes the file. */
function addChanges(provider: CommanderCommand, act: Act): void {
  const add = provider
    .command('add [name]')
    .description('add a provider')
    .option(...NAME_OPTION);
  addFieldOptions(add);
  add
    .option('--template <file>', 'how a custom REST endpoint is asked and read; see examples/custom-rest.yaml')
    .option('--no-test', 'do not try it with one tiny call')
    .option('--force', 'put it in the place of one that has the same name')
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/change.ts')).providerAdd));
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
}

/** What only reads. */
function addLooks(provider: CommanderCommand, act: Act): void {
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
  provider
    .command('models [name]')
    .description("a provider's models with context window, limits and prices, as far as they are known; sends nothing")
    .option(...NAME_OPTION)
    .option('--catalog <file>', "prices and limits: models.dev's api.json or LiteLLM's price map; repeatable", collect)
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/models.ts')).providerModels));
  provider
    .command('prices [models...]')
    .description('what models cost and where that is said (default: all that are configured); sends nothing')
    .option('--catalog <file>', "prices and limits: models.dev's api.json or LiteLLM's price map; repeatable", collect)
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/prices.ts')).providerPrices));
}

/** What asks the providers themselves. */
function addCalls(provider: CommanderCommand, act: Act): void {
  provider
    .command('validate [name]')
    .description('one tiny call to each model; exit code 5 for a key that is missing or refused, 3 for other failures')
    .option('--name <name>', 'only this provider')
    .option('-p, --prompt <text>', 'ask this instead')
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/validate.ts')).providerValidate));
  provider
    .command('discover [name]')
    .description('what speaks at a provider or a URL, and the models it offers; spends nothing')
    .option(...NAME_OPTION)
    .option('--endpoint <url>', 'any URL instead of a provider')
    .option('--api-key <key>', 'for --endpoint: else that of a known host, then LLM_BENCH_API_KEY')
    .option('--header <name: value>', 'for --endpoint: send this header too; repeatable', collect)
    .addOption(new Option('--dialect <id>', 'for --endpoint: look for this first').choices(DIALECT_IDS))
    .option(...JSON_OPTION)
    .option(...CONFIG_OPTION)
    .action(act(async () => (await import('../commands/provider/discover.ts')).providerDiscover));
}

function addFieldOptions(command: CommanderCommand): void {
  for (const { flags, description, kind } of FIELD_FLAGS) {
    const option = new Option(flags, description);
    if (kind === 'choice') option.choices(DIALECT_IDS);
    command.addOption(['list', 'headers', 'params'].includes(kind) ? option.argParser(collect) : option);
  }
}
