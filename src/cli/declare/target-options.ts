import { type Command, Option } from 'commander';
import { DIALECT_IDS } from '../../model/target.ts';
import { collect } from './declare.ts';

/** Flags that say which models are meant, how they are reached, and what they are sent beside the prompts. */
export function addTargetOptions(command: Command): Command {
  return command
    .argument('[models...]', 'model strings, as openai/gpt-4o-mini, or names of configured providers')
    .optionsGroup('Which models:')
    .option('--endpoint <[name=]url>', 'base URL, as http://localhost:8000/v1; repeatable', collect)
    .option('--model <name>', 'model as the endpoint names it, or a model string; repeatable', collect)
    .option('--target <fields>', "a provider in full: '{name: a, model: m, api_base: URL}'; repeatable", collect)
    .option('--provider, --providers <names>', 'configured providers, with commas; repeatable', collect)
    .option(
      '--config <file>',
      'providers.toml or a config.yaml (default LLM_BENCH_CONFIG, else as docs/providers-file.md says)',
    )
    .optionsGroup('How they are reached:')
    .option('--api-key <key>', "else the provider's own variable, or LLM_BENCH_API_KEY")
    .option('--api-base <url>', 'base URL for model strings')
    .option('--header <name: value>', 'send this header too; repeatable', collect)
    .addOption(new Option('--dialect <id>', 'what the endpoint speaks (default: found out)').choices(DIALECT_IDS))
    .option('--template <file>', 'how a custom REST endpoint is asked and read; see examples/custom-rest.yaml')
    .option('--proxy <url>', 'HTTP proxy for everything but NO_PROXY (default HTTPS_PROXY, HTTP_PROXY)')
    .option('--region <name>', 'region or location of a cloud')
    .option('--project <name>', 'project of a cloud')
    .option('--api-version <version>', 'as Azure wants it')
    .option('--base-model <name>', 'the model behind a deployment, for prices and limits')
    .option('--provider-rows <file>', 'rows of your own for the provider catalog, .json or .yaml')
    .optionsGroup('What they are sent:')
    .option('--temperature <number>', "else the endpoint's own default")
    .option('--token-limit, --max-tokens <n>', "limit of output tokens; a prompt's own wins")
    .option('--stop <text>', 'ends the answer; repeatable', collect)
    .option('--param <key=value>', 'any other parameter, JSON where it can be; repeatable', collect)
    .addOption(
      new Option(
        '--params <mode>',
        'what a model refuses: strict stops, adjust mends, pass sends (default strict)',
      ).choices(['strict', 'adjust', 'pass']),
    )
    .option('--skip-param <name>', 'never send this one; repeatable', collect)
    .optionsGroup('What they cost:')
    .option('--input-price <usd>', 'per million input tokens; wins over all lists')
    .option('--output-price <usd>', 'per million output tokens')
    .option('--cached-input-price <usd>', 'per million input tokens from a cache')
    .option('--catalog <file>', "prices and limits: models.dev's api.json or LiteLLM's price map; repeatable", collect);
}
