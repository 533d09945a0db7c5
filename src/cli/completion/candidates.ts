import type { Command } from 'commander';
import { type KnownValue, modelStrings, parameterNames, providerNames, runIds } from '../../app/known-values.ts';
import type { CliContext } from '../context.ts';
import { findSlot, type Slot } from './find-slot.ts';

/** What can stand at the cursor. */
export interface Candidates {
  readonly values: readonly KnownValue[];
  /** Names of files can stand there too. */
  readonly withFiles: boolean;
  /** More follows in the same word. */
  readonly isOpen: boolean;
}

const NOTHING: Candidates = { values: [], withFiles: false, isOpen: false };

/** What can stand under the cursor, of which everything begins with what is typed. Never rejects: no shell wants to hear of it. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  context: CliContext,
): Promise<Candidates> {
  const slot = findSlot(program, words);
  if (slot === undefined) return NOTHING;
  const current = words.at(-1) ?? '';
  const found = await fill(slot, { words, current, context });
  return { ...found, values: found.values.filter(({ value }) => value.startsWith(current)) };
}

interface Typed {
  readonly words: readonly string[];
  readonly current: string;
  readonly context: CliContext;
}

async function fill(slot: Slot, typed: Typed): Promise<Candidates> {
  switch (slot.kind) {
    case 'command':
      return { ...NOTHING, values: commandsOf(slot.command) };
    case 'flag':
      return { ...NOTHING, values: flagsOf(slot.command) };
    case 'argument': {
      const { name, choices } = { name: slot.argument.name(), choices: slot.argument.argChoices };
      if (choices !== undefined) return { ...NOTHING, values: choices.map(bare) };
      return await valuesNamed(name, typed);
    }
    case 'value': {
      const { option, prefix } = slot;
      const own = { ...typed, current: typed.current.slice(prefix.length) };
      const found = option.argChoices === undefined ? await valuesOfOption(slot, own) : choices(option.argChoices);
      return { ...found, values: found.values.map(({ value, about }) => ({ value: prefix + value, about })) };
    }
  }
}

function commandsOf(command: Command): readonly KnownValue[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((one) => ({ value: one.name(), about: one.description() }));
}

/** Hidden ones too: whoever asks a shell wants to see them all. */
function flagsOf(command: Command): readonly KnownValue[] {
  return command.options.flatMap(({ long, description }) => (long ? [{ value: long, about: description }] : []));
}

function bare(value: string): KnownValue {
  return { value, about: '' };
}

function choices(values: readonly string[]): Candidates {
  return { ...NOTHING, values: values.map(bare) };
}

/** By what the value of a flag is called, or by the flag where that says more. */
async function valuesOfOption(
  { option, command }: Extract<Slot, { kind: 'value' }>,
  typed: Typed,
): Promise<Candidates> {
  const [, placeholder = ''] = /<(.+)>/.exec(option.flags) ?? [];
  const name = option.attributeName();
  if (name === 'param' || name === 'unset') return { ...NOTHING, values: parameters('='), isOpen: true };
  if (name === 'skipParam') return { ...NOTHING, values: parameters('') };
  if (name === 'tokenizer') return { ...choices(['o200k_base', 'cl100k_base', 'estimate']), withFiles: true };
  // A run that is to be made has a new name.
  if (name === 'runId' && command.options.some(({ long }) => long === '--dry-run')) return NOTHING;
  if (placeholder.includes('file')) return { ...NOTHING, withFiles: true };
  return await valuesNamed(name, typed);
}

function parameters(end: string): readonly KnownValue[] {
  return parameterNames().map((name) => bare(name + end));
}

async function valuesNamed(name: string, { words, current, context }: Typed): Promise<Candidates> {
  const { settings } = context;
  const place = { config: after('--config', words) ?? settings.config, userConfig: settings.userConfig };
  switch (name) {
    case 'models':
    case 'model':
    case 'baseModel': {
      const configured = name === 'models' ? await providerNames(place) : [];
      const models = await modelStrings(current);
      return { values: [...configured, ...models], withFiles: name === 'models', isOpen: !current.includes('/') };
    }
    case 'providers':
    case 'provider':
    case 'name':
      return { ...NOTHING, values: await providerNames(place) };
    case 'id':
    case 'runId':
      return { ...NOTHING, values: await runsOf(words, context) };
    case 'A':
    case 'B':
      return { ...NOTHING, values: await runsOf(words, context), withFiles: true };
    default:
      return { ...NOTHING, withFiles: name.toLowerCase().includes('file') };
  }
}

async function runsOf(words: readonly string[], context: CliContext): Promise<readonly KnownValue[]> {
  return await runIds(context.createApp('warn'), after('--db', words) ?? context.settings.db);
}

/** The value of a flag that was typed before. */
function after(flag: string, words: readonly string[]): string | undefined {
  const at = words.indexOf(flag);
  return at < 0 || at >= words.length - 2 ? undefined : words[at + 1];
}
