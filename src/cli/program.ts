import { type Command as CommanderCommand, CommanderError, Command as Program } from 'commander';
import { nearestSetting } from '../app/settings-file/nearest-setting.ts';
import { AppError } from '../errors.ts';
import { settle } from './config/settle.ts';
import type { CliContext, Command } from './context.ts';
import { declareCalibrate } from './declare/calibrate.ts';
import { declareCompare } from './declare/compare.ts';
import { declareCompletion } from './declare/completion.ts';
import { declareConfig } from './declare/config.ts';
import { type Act, type Declare, showHelpAlone } from './declare/declare.ts';
import { declareDemo } from './declare/demo.ts';
import { declareDoctor } from './declare/doctor.ts';
import { declareParams } from './declare/params.ts';
import { declarePlan } from './declare/plan.ts';
import { declarePrompt } from './declare/prompt.ts';
import { declareProvider } from './declare/provider.ts';
import { declareReport } from './declare/report.ts';
import { declareRerun } from './declare/rerun.ts';
import { declareRun } from './declare/run.ts';
import { declareSearch } from './declare/search.ts';
import { addShortHelp } from './declare/short-help.ts';
import { declareSimulate } from './declare/simulate.ts';
import { declareSweep } from './declare/sweep.ts';
import { EXIT, exitCodeOfError } from './exit-code.ts';
import { withProxy } from './flags/proxy.ts';
import { say } from './output/streams.ts';

/** The version, and where to look further, for `--help`. */
export interface ProgramInfo {
  readonly version: string;
}

/** In the order of the help. */
const COMMANDS: readonly Declare[] = [
  declareRun,
  declareRerun,
  declareSweep,
  declareSearch,
  declarePlan,
  declareConfig,
  declareParams,
  declareProvider,
  declarePrompt,
  declareReport,
  declareCompare,
  declareSimulate,
  declareDemo,
  declareCalibrate,
  declareDoctor,
  declareCompletion,
];

/**
 * Runs the command line; resolves to the exit code and never rejects for a user's mistake. Only the chosen command's code is
 * loaded, so that `--help` costs next to nothing.
 */
export async function runProgram(argv: readonly string[], context: CliContext, info: ProgramInfo): Promise<number> {
  let exitCode: number = EXIT.ok;
  const act: Act =
    <Flags>(load: () => Promise<Command<Flags>>) =>
    async (...given: unknown[]) => {
      // The parser gives arguments, flags and itself.
      const command = given.at(-1) as CommanderCommand;
      const { flags, names, settings, typed, notes, retell } = await settle(command, context);
      // Whatever is measured: who had a say beside the command line.
      if (flags['progress'] === true) for (const note of notes) say(`note: ${note}`);
      try {
        exitCode = await (await load())(
          flags as Flags,
          { ...withProxy(context, (flags as { readonly proxy?: string }).proxy), said: settings, typed, program },
          names,
        );
      } catch (error) {
        throw retell(error);
      }
    };
  const program = await declareAll(info, act, argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** All commands as they are declared, for what is written about them. None of them does anything. */
export async function describeProgram(info: ProgramInfo): Promise<CommanderCommand> {
  return await declareAll(info, () => async () => undefined, ['simulate']);
}

async function declareAll(info: ProgramInfo, act: Act, argv: readonly string[]): Promise<CommanderCommand> {
  const program = createProgram(info);
  // A completion needs the flags of the command that stands within its line.
  const meant = argv[0] === 'complete' && argv.some((word) => /\bsimulate\b/.test(word)) ? ['simulate'] : argv;
  for (const declare of COMMANDS) await declare(program, act, meant);
  showHelpAlone(program);
  for (const command of program.commands) if (isLong(command)) addShortHelp(command);
  return program;
}

/** More than a screen of flags. */
function isLong(command: CommanderCommand): boolean {
  return command.name() !== 'simulate' && command.options.filter(({ hidden }) => !hidden).length > 24;
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
  llm-bench run gpt-4o-mini groq/llama-3.3-70b-versatile --prompt "Say hello"
  llm-bench run --endpoint http://localhost:8000/v1 --model a --prompt "Say hello"
  llm-bench run --endpoint http://localhost:8000/v1 --model a \\
    --prompt-file p.jsonl --rate 40 --arrival poisson --duration 60s
  llm-bench plan gpt-4o-mini --prompt-file p.jsonl --runs 20 --max-tokens 200
  llm-bench run plan.yaml
  llm-bench report summary

Environment: the providers' own key variables (docs/providers.md),
LLM_BENCH_API_KEY, LLM_BENCH_DB (or DATABASE_URL), LLM_BENCH_LOG_LEVEL, NO_COLOR,
HTTPS_PROXY, HTTP_PROXY, NO_PROXY,
and every flag of run, as LLM_BENCH_RATE; files too (docs/plan-file.md):
llm-bench config show --origin says what comes from where
Exit codes: 0 ok · 1 unexpected · 2 usage · 3 nothing could be measured
4 budget spent · 5 key missing or refused
6 not even the lowest load keeps the objectives (search)
99 a regression (compare), a --fail-if that holds, a fault (doctor)
130 interrupted`;

function createProgram({ version }: ProgramInfo): CommanderCommand {
  return new Program('llm-bench')
    .description('Measures LLM endpoints: TTFT, ITL, TBT, TPOT, E2E, throughput, goodput and errors, as quantiles.')
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: (text, write) => write(oneLine(withNearestChoice(text))) })
    .addHelpText('after', HELP_AFTER);
}

/** Commander suggests flags, but no values. */
function withNearestChoice(text: string): string {
  const [, value = '', choices = ''] =
    /argument '([^']*)' is invalid\. Allowed choices are ([^\n]*)\./.exec(text) ?? [];
  const [near] = value === '' ? [] : nearestSetting(value, choices.split(', '));
  return near === undefined ? text : `${text.trimEnd()} (Did you mean ${near}?)`;
}

/** Commander puts its suggestion on a second line. */
function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  return `${line}; see llm-bench --help\n`;
}
