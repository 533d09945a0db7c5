import { type Command as CommanderCommand, CommanderError, Option, Command as Program } from 'commander';
import { AppError } from '../errors.ts';
import { DIALECT_IDS } from '../model/target.ts';
import type { CliContext, Command } from './context.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { say } from './output/streams.ts';

/** The version, and where to look further, for `--help`. */
export interface ProgramInfo {
  readonly version: string;
}

/**
 * Runs the command line; resolves to the exit code and never rejects for a user's mistake. Only the chosen command's code is
 * loaded, so that `--help` costs next to nothing.
 */
export async function runProgram(argv: readonly string[], context: CliContext, info: ProgramInfo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const act =
    <Flags>(load: () => Promise<Command<Flags>>) =>
    async (flags: Flags): Promise<void> => {
      exitCode = await (await load())(flags, context);
    };
  const program = createProgram(info);
  addRun(program).action(act(async () => (await import('./commands/run.ts')).run));
  addReports(program, act);
  await addSimulate(program, argv);
  program.commands
    .find((command) => command.name() === 'simulate')
    ?.action(act(async () => (await import('./commands/simulate.ts')).simulate));
  addDemo(program).action(act(async () => (await import('./commands/demo.ts')).demo));
  showHelpAlone(program);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError)
    return error.exitCode === 0 || error.code === 'commander.help' ? EXIT.ok : EXIT.usage;
  if (error instanceof AppError) say(`error: ${error.message}; ${error.hint}`);
  else say(`unexpected error: ${error instanceof Error ? error.stack : String(error)}\nPlease report this.`);
  return exitCodeOfError(error);
}

const HELP_AFTER = `
Examples:
  llm-bench run --endpoint http://localhost:8000/v1 --model mistral-7b --prompt "Say hello"
  llm-bench run --endpoint http://localhost:8000/v1 --model a --prompt-file p.jsonl --rate 40 --arrival poisson --duration 60s
  llm-bench report summary
  llm-bench demo

Environment: LLM_BENCH_API_KEY or OPENAI_API_KEY, LLM_BENCH_DB, LLM_BENCH_LOG_LEVEL (warn), NO_COLOR
Exit codes: 0 ok · 1 unexpected · 2 usage · 3 nothing could be measured · 5 key missing or refused · 130 interrupted`;

function createProgram({ version }: ProgramInfo): CommanderCommand {
  return new Program('llm-bench')
    .description('Measures LLM endpoints: TTFT, ITL, TBT, TPOT, E2E, throughput, goodput and errors, as quantiles.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .addHelpText('after', HELP_AFTER);
}

/** A command that is only there for its subcommands shows its help. After they were added, for they inherit what it allows. */
function showHelpAlone(parent: CommanderCommand): void {
  parent.allowExcessArguments().action(() => {
    const [unknown] = parent.args;
    if (unknown === undefined) parent.help();
    const known = parent.commands.map((command) => command.name()).join(', ');
    parent.error(`error: unknown command '${unknown}' (there are ${known})`);
  });
}

/** Commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  return `${line}; see llm-bench --help\n`;
}

function addRun(program: CommanderCommand): CommanderCommand {
  return program
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
    .option('--seed <n>', 'repeat the same chance (default a fresh one)')
    .addOption(
      new Option('-o, --output <format>', 'what goes to stdout').choices(['text', 'json', 'csv']).default('text'),
    )
    .addOption(new Option('--include <what>', 'add to JSON').choices(['requests']))
    .option('--stats', 'also mean, median, standard deviation, min and max')
    .option('--histogram', 'also histograms of E2E and TTFT')
    .option('--no-progress', 'nothing on stderr but errors')
    .option('-v, --verbose', 'log what is done')
    .helpOption('-h, --help', 'show this');
}

type Act = <Flags>(load: () => Promise<Command<Flags>>) => (flags: Flags) => Promise<void>;

const DB_OPTION = ['--db <file>', 'database (default LLM_BENCH_DB, else bench.duckdb)'] as const;

function addReports(program: CommanderCommand, act: Act): void {
  const report = program.command('report').description('look at stored runs').helpCommand(false);
  report
    .command('summary')
    .description('one run; the newest by default')
    .option('--run-id <id>', 'another run')
    .option('--provider <name>', 'only this provider')
    .option(...DB_OPTION)
    .option('--json', 'the same document as run --output json')
    .addOption(new Option('--include <what>', 'add to JSON').choices(['requests']))
    .option('--stats', 'also mean, median, standard deviation, min and max')
    .option('--histogram', 'also histograms of E2E and TTFT')
    .action(act(async () => (await import('./commands/report.ts')).reportSummary));
  report
    .command('list')
    .description('all runs, newest first')
    .option('-n, --limit <n>', 'only so many')
    .option(...DB_OPTION)
    .option('--json', 'as JSON')
    .action(act(async () => (await import('./commands/report.ts')).reportList));
  report
    .command('remove')
    .description('remove a run with all its rows')
    .requiredOption('--run-id <id>', 'which')
    .option(...DB_OPTION)
    .action(act(async () => (await import('./commands/report.ts')).reportRemove));
  showHelpAlone(report);
}

/** Its many flags are the simulator's own, and only loaded when it is meant. */
async function addSimulate(program: CommanderCommand, argv: readonly string[]): Promise<void> {
  const command = program.command('simulate').description('a simulated endpoint with known latencies and faults');
  if (argv[0] !== 'simulate') return;
  const { SIMULATOR_FLAGS } = await import('./commands/simulate.ts');
  for (const { flags, description, defaultValue, isRepeatable } of SIMULATOR_FLAGS) {
    const option = new Option(
      flags,
      defaultValue === undefined ? description : `${description} (default ${defaultValue})`,
    );
    command.addOption(isRepeatable === true ? option.argParser(collect) : option);
  }
}

function addDemo(program: CommanderCommand): CommanderCommand {
  return program
    .command('demo')
    .description('measure two simulated providers, without a key')
    .option(...DB_OPTION)
    .option('--no-progress', 'nothing on stderr but errors');
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
