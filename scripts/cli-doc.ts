import type { Command, Option } from 'commander';
import { describeProgram } from '../src/cli/program.ts';

/** docs/cli.md: every command with its arguments and flags, from their declarations. */
export async function cliDoc(): Promise<string> {
  const program = await describeProgram({ version: '' });
  const run = new Map(
    visibleOptions(program.commands.find((one) => one.name() === 'run')).map((option) => [keyOf(option), option]),
  );
  const sections = program.commands
    .flatMap((command) => leavesOf(command))
    .filter(({ command }) => !isHidden(command))
    .map((leaf) => sectionOf(leaf, run));
  return `${[HEAD, tableOfContents(program), ...sections].join('\n\n')}\n`;
}

const HEAD = `# The command line

Written from the declarations of the commands by \`npm run docs\`. Flags of \`run\` are keys of [plan files](plan-file.md) too, with underscores, and variables, as
\`LLM_BENCH_MAX_IN_FLIGHT\`. Durations are written \`30\`, \`30s\`, \`500ms\` or \`2m\`.

Exit codes: 0 ok · 1 unexpected · 2 usage · 3 nothing could be measured · 4 budget spent · 5 key missing or refused · 99 a regression, or a \`--fail-if\` that holds · 130 interrupted.
What each error means: [errors.md](errors.md).`;

interface Leaf {
  /** With its parents, as it is typed. */
  readonly name: string;
  readonly command: Command;
}

function leavesOf(command: Command, before = ''): readonly Leaf[] {
  const name = `${before}${command.name()}`;
  if (command.commands.length === 0) return [{ name, command }];
  return command.commands.flatMap((one) => leavesOf(one, `${name} `));
}

function isHidden(command: Command): boolean {
  return (command as Command & { readonly _hidden?: boolean })._hidden === true;
}

function tableOfContents(program: Command): string {
  const rows = program.commands
    .flatMap((command) => leavesOf(command))
    .filter(({ command }) => !isHidden(command))
    .map(
      ({ name, command }) => `| [${name}](#llm-bench-${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`,
    );
  return ['| command | does |', '|---|---|', ...rows].join('\n');
}

function sectionOf({ name, command }: Leaf, run: ReadonlyMap<string, Option>): string {
  const own = visibleOptions(command);
  const shared =
    name === 'run' ? [] : own.filter((option) => run.get(keyOf(option))?.description === option.description);
  // A handful is said again where it is wanted; a screen of them is not.
  const isLike = shared.length > 12;
  const shown = isLike ? own.filter((option) => !shared.includes(option)) : own;
  const usage = [`llm-bench ${name}`, ...command.registeredArguments.map(argumentText)].join(' ');
  const args = command.registeredArguments
    .filter(({ description }) => description !== '')
    .map((argument) => `- \`${argument.name()}\`: ${argument.description}`);
  const others = isLike ? [likeRun(run.size - shared.length, shown.length > 0)] : [];
  return [
    `## llm-bench ${name}`,
    `${sentence(command.description())}`,
    `\`${usage}${own.length > 0 ? ' [flags]' : ''}\``,
    ...(args.length > 0 ? [args.join('\n')] : []),
    ...others,
    ...tablesOf(shown),
  ].join('\n\n');
}

function likeRun(left: number, hasOwn: boolean): string {
  const without = left === 0 ? '' : `, but for ${left} of them`;
  return `All flags of [run](#llm-bench-run)${without}${hasOwn ? ', and:' : '.'}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function argumentText(argument: Command['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function visibleOptions(command: Command | undefined): readonly Option[] {
  return (command?.options ?? []).filter(({ hidden, long }) => !hidden && long !== '--help-all');
}

function keyOf({ flags }: Option): string {
  return flags;
}

function tablesOf(options: readonly Option[]): readonly string[] {
  const groups = Map.groupBy(options, (option) => option.helpGroupHeading ?? '');
  return [...groups].map(([group, members]) => {
    const rows = members.map((option) => `| \`${option.flags.replaceAll('|', '\\|')}\` | ${cell(textOf(option))} |`);
    return [`| ${group.replace(/:$/, '') || 'flag'} | |`, '|---|---|', ...rows].join('\n');
  });
}

function textOf({ description, argChoices, defaultValue }: Option): string {
  const choices = argChoices === undefined ? '' : `: ${argChoices.map((one) => `\`${one}\``).join(', ')}`;
  const byDefault = typeof defaultValue === 'string' ? ` (default \`${defaultValue}\`)` : '';
  return `${description}${choices}${byDefault}`;
}

function cell(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]*)`/g, (code) => code.replaceAll('&lt;', '<'));
}
