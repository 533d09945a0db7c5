import { type Command, Help, type Option } from 'commander';

/** What most people want of a command that measures, in any order. */
export const COMMON_FLAGS: readonly string[] = [
  '--endpoint',
  '--model',
  '--providers',
  '--api-key',
  '--temperature',
  '--max-tokens',
  '--prompt',
  '--prompt-file',
  '--synthetic',
  '--over',
  '--from',
  '--to',
  '--latency',
  '--num-requests',
  '--duration',
  '--concurrency',
  '--rate',
  '--slo',
  '--budget',
  '--fail-if',
  '--db',
  '--output',
  '--export',
  '--interleave',
  '--dry-run',
];

/** `--help` shows the common flags, `--help-all` all of them. Called after the command's flags were declared. */
export function addShortHelp(command: Command): Command {
  const common: ReadonlySet<string> = new Set([...COMMON_FLAGS, '--help-all']);
  let isWhole = false;
  // Commander also asks for the visible options to find the one that a mistyped flag was meant to be: there all of them count.
  let isShowing = false;
  const count = command.options.filter(({ hidden }) => !hidden).length;
  return command
    .optionsGroup('Help:')
    .option('--help-all', `show all ${count} flags; docs/cli.md has them too`)
    .on('option:help-all', () => {
      isWhole = true;
      command.help();
    })
    .on('beforeHelp', () => {
      isShowing = true;
    })
    .helpOption('-h, --help', 'show the common flags')
    .configureHelp({
      minWidthToWrap: 24,
      optionTerm: (option) => (isWhole ? option.flags : oneName(option)),
      visibleOptions: (shown) =>
        new Help()
          .visibleOptions(shown)
          .filter(({ long }) => isWhole || !isShowing || long === undefined || common.has(long) || long === '--help'),
    });
}

/** Without the other long name that some flags have. */
function oneName({ flags, short }: Option): string {
  return short?.startsWith('--') === true ? flags.slice(short.length + 2) : flags;
}
