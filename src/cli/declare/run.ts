import { Option } from 'commander';
import { DIALECT_IDS } from '../../model/target.ts';
import { collect, type Declare } from './declare.ts';

export const declareRun: Declare = (program, act) => {
  program
    .command('run')
    .description('measure one or several models')
    .optionsGroup('What to measure:')
    .option('--endpoint <[name=]url>', 'base URL, as http://localhost:8000/v1; repeatable', collect)
    .option('--model <name>', 'model as the endpoint names it; repeatable', collect)
    .addOption(
      new Option('--dialect <id>', "what the endpoint speaks (default: by the URL's path)").choices(DIALECT_IDS),
    )
    .option('--prompt <text>', 'a prompt; repeatable', collect)
    .option('--prompt-file <file>', 'prompts from .txt (a line each), .jsonl or .yaml')
    .option('--api-key <key>', 'else LLM_BENCH_API_KEY, then OPENAI_API_KEY and its like')
    .option('--header <name: value>', 'send this header too; repeatable', collect)
    .option('--temperature <number>', "else the endpoint's own default")
    .option('--token-limit, --max-tokens <n>', "limit of output tokens; a prompt's own wins")
    .option('--param <key=value>', 'any other parameter, JSON where it can be; repeatable', collect)
    .option('--no-stream', 'ask for whole answers: ttft and token gaps are then undefined')
    .option('--randomize-prompt', 'a unique prefix per request, against prompt caches')
    .optionsGroup('How much:')
    .option('--runs <n>', 'send each prompt n times (default 1; 10 requests for --prompt)')
    .option('-n, --num-requests <n>', 'requests per target, going round the prompts')
    .option('--duration <time>', 'stop sending after this (60s, 5m)')
    .option('--warmup <n>', 'requests per target before measuring (default 1)')
    .optionsGroup('Load, closed loop:')
    .option('--prompt-concurrency, --concurrency <n>', 'requests in flight per target (default 1)')
    .option('--request-delay <time>', 'pause between an answer and the next request (default 0)')
    .optionsGroup('Load, open loop:')
    .option('--rps, --rate <n>', 'arrivals per second and target; waits for no answer')
    .addOption(
      new Option('--arrival <law>', 'gaps between arrivals (default constant)').choices(['constant', 'poisson']),
    )
    .option('--max-in-flight <n>', 'drop arrivals above this many in flight, and count them')
    .optionsGroup('Several targets:')
    .option('--provider-concurrency <n>', 'providers measured at once (default all)')
    .optionsGroup('Patience:')
    .option('--timeout <time>', 'for a whole request (default 120s)')
    .option('--connect-timeout <time>', 'for DNS, TCP and TLS (default 10s)')
    .option('--first-token-timeout <time>', 'until the first token')
    .option('--idle-timeout <time>', 'between two reads of an answer')
    .option('--max-retries <n>', 'further attempts after a passing failure (default 0)')
    .option('--retry-delay <time>', 'before the first retry, doubling (default 1s)')
    .optionsGroup('Objectives:')
    .option('--slo <limits>', "what makes a request good: 'ttft<=500ms,tpot<=50ms'; repeatable", collect)
    .option('--max-ttft-s <seconds>', 'the same as --slo ttft<=…s')
    .option('--max-e2e-s <seconds>', 'the same as --slo e2e<=…s')
    .optionsGroup('Keeping and showing:')
    .option('--run-id <id>', 'name of the run (default a fresh one)')
    .option('--db <file>', 'database (default LLM_BENCH_DB, else bench.duckdb)')
    .option('--no-save', 'keep nothing')
    .option('--save-text', 'keep prompt and answer texts too')
    .option('--count-tokens', 'count the tokens of all texts, not only where no usage was reported')
    .option(
      '--tokenizer <which>',
      "o200k_base, cl100k_base, estimate or a tokenizer.json (default by the model's name)",
    )
    .option('--seed <n>', 'repeat the same chance (default a fresh one)')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .addOption(new Option('--include <what>', 'add to JSON').choices(['requests']))
    .option('--stats', 'also mean, median, standard deviation, min and max')
    .option('--histogram', 'also histograms of E2E and TTFT')
    .option('--no-progress', 'nothing on stderr but errors')
    .option('-v, --verbose', 'log what is done')
    .helpOption('-h, --help', 'show this')
    .action(act(async () => (await import('../commands/run.ts')).run));
};
