import type { Argument, Command, Option } from 'commander';

/** What the word under the cursor can be. */
export type Slot =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'flag'; readonly command: Command }
  /** `prefix`: what stands before the value in the same word, as `--rate=`. */
  | { readonly kind: 'value'; readonly command: Command; readonly option: Option; readonly prefix: string }
  | { readonly kind: 'argument'; readonly command: Command; readonly argument: Argument };

/** Finds it by the program's own declarations. `words`: all after the program's name, the last one under the cursor. */
export function findSlot(program: Command, words: readonly string[]): Slot | undefined {
  const current = words.at(-1) ?? '';
  let command = program;
  let position = 0;
  let waiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (waiting !== undefined) waiting = undefined;
    else if (word.startsWith('-') && word !== '-')
      waiting = word.includes('=') ? undefined : takingValue(command, word);
    else {
      const sub = position === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (sub === undefined) position++;
      else command = sub;
    }
  }
  if (waiting !== undefined) return { kind: 'value', command, option: waiting, prefix: '' };
  if (current.startsWith('--') && current.includes('=')) {
    const [flag = ''] = current.split('=');
    const option = takingValue(command, flag);
    return option === undefined ? undefined : { kind: 'value', command, option, prefix: `${flag}=` };
  }
  if (current.startsWith('-')) return { kind: 'flag', command };
  if (command.commands.length > 0) return { kind: 'command', command };
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[position] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? { kind: 'flag', command } : { kind: 'argument', command, argument };
}

function takingValue(command: Command, flag: string): Option | undefined {
  const option = command.options.find(({ long, short }) => long === flag || short === flag);
  return option === undefined || !option.required ? undefined : option;
}
