import { Command, type Option } from 'commander';
import type { SettingKey } from '../../app/settings-file/setting-key.ts';
import { collect } from '../declare/declare.ts';
import { addRunOptions } from '../declare/run-options.ts';

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
