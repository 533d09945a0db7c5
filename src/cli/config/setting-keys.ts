import { Command, type Option } from 'commander';
import { collect } from '../declare/declare.ts';
import { addRunOptions } from '../declare/run-options.ts';

/** One thing that can be set: by a flag, a variable, or a key of a file. Told from the flag's declaration alone. */
export interface SettingKey {
  /** In files: `max_in_flight`. */
  readonly key: string;
  /** `LLM_BENCH_MAX_IN_FLIGHT`. */
  readonly variable: string;
  /** Among the parsed flags: `maxInFlight`. */
  readonly attribute: string;
  /** As it is typed: `--max-in-flight`, `--no-stream`. */
  readonly flag: string;
  /** Other flags for the same, without dashes and with underscores, as a key would be written. */
  readonly otherNames: readonly string[];
  /** `texts`: may be given several times. */
  readonly kind: 'text' | 'texts' | 'switch';
  /** A switch whose flag turns it off. */
  readonly isOffSwitch: boolean;
  /** What its value is called in the help: `n`, `file`; empty for a switch. */
  readonly placeholder: string;
  readonly choices: readonly string[] | undefined;
  readonly description: string;
  /** Heading of the help that it stands under. */
  readonly group: string;
}

/** The options of a command as keys, in the order of its help. */
export function keysOf(command: Command): readonly SettingKey[] {
  return command.options.filter(({ long }) => long !== '--version').map(toKey);
}

/** All that a run can be told. */
export function runKeys(): readonly SettingKey[] {
  memory ??= keysOf(addRunOptions(new Command('run')));
  return memory;
}

let memory: readonly SettingKey[] | undefined;

function toKey(option: Option): SettingKey {
  const key = asKey(option.long?.replace(/^--no-/, '--') ?? '');
  const [, placeholder = ''] = /<(.+)>/.exec(option.flags) ?? [];
  return {
    key,
    variable: `LLM_BENCH_${key.toUpperCase()}`,
    attribute: option.attributeName(),
    flag: option.long ?? '',
    otherNames: option.short?.startsWith('--') === true ? [asKey(option.short)] : [],
    kind: placeholder === '' ? 'switch' : (option.parseArg as unknown) === collect ? 'texts' : 'text',
    isOffSwitch: option.negate,
    placeholder,
    choices: option.argChoices,
    description: option.description,
    group: option.helpGroupHeading ?? '',
  };
}

function asKey(flag: string): string {
  return flag.replace(/^--/, '').replaceAll('-', '_');
}
