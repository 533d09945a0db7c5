import { settingsJsonSchema } from '../../app/settings-file/schema.ts';
import { type Setting, type SettingKey, type SettingsLayer, TARGETS_KEY } from '../../app/settings-file/setting-key.ts';
import { originText } from '../config/origins.ts';
import { fileKeys, PLAN_SCHEMA_ID } from '../config/settle.ts';
import type { Command } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { withoutSecrets } from '../flags/repeat-arguments.ts';
import { writeResult } from '../output/streams.ts';

export interface ConfigFlags {
  readonly origin?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `config schema`: for editors. */
export const configSchema: Command<object> = async () => {
  await writeResult(settingsJsonSchema(fileKeys(), PLAN_SCHEMA_ID).trimEnd());
  return EXIT.ok;
};

/** A line of what is shown. */
interface Shown {
  readonly key: string;
  readonly value: Setting['value'] | undefined;
  readonly origin: string;
  readonly kind: Setting['origin']['kind'] | 'default';
}

/** `config show`: what a run would be told. */
export const configShow: Command<ConfigFlags> = async (flags, { said }) => {
  const lines = shownOf(said ?? new Map());
  await writeResult(flags.json === true ? toJson(lines) : toText(lines, flags));
  return EXIT.ok;
};

function shownOf(said: SettingsLayer): readonly Shown[] {
  const names: readonly Pick<SettingKey, 'key' | 'attribute' | 'description'>[] = [
    { key: TARGETS_KEY, attribute: 'target', description: '' },
    ...fileKeys(),
  ];
  return names.map(({ key, attribute, description }) => {
    const setting = said.get(key);
    if (setting === undefined) return { key, value: undefined, origin: defaultIn(description), kind: 'default' };
    const value = hidden(setting.value, attribute);
    return { key, value, origin: originText(setting.origin), kind: setting.origin.kind };
  });
}

/** As it may be seen by anybody. */
function hidden(value: Setting['value'], attribute: string): Setting['value'] {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return value.map((text) => hiddenText(text, attribute));
  return hiddenText(value, attribute);
}

function hiddenText(text: string, attribute: string): string {
  if (attribute === 'target' && !text.trimStart().startsWith('{')) return text;
  if (attribute === 'db') return text.replace(/:[^:/@]*@/, ':(hidden)@');
  const named = withoutSecrets(attribute, text);
  if (named === text) return text;
  return attribute === 'apiKey' ? '(hidden)' : named.replaceAll(/\$\{\w+\}/g, '(hidden)');
}

/** What the help says of it. */
function defaultIn(description: string): string {
  return /\(default ([^)]*)\)/.exec(description)?.[1] ?? '';
}

/** A plan file that says the same, with origins as comments. */
function toText(lines: readonly Shown[], { all, origin }: ConfigFlags): string {
  const shown = lines
    .filter(({ kind }) => kind !== 'default')
    .map((line) => ({ ...line, text: `${line.key}: ${toYaml(line)}` }));
  const width = Math.min(40, Math.max(0, ...shown.map(({ text }) => text.length)));
  const set = shown.map(({ text, origin: from }) => (origin === true ? `${text.padEnd(width)}  # ${from}` : text));
  const unset = lines.filter(({ kind }) => kind === 'default');
  if (all !== true) return [...set, `# ${unset.length} more by their defaults; --all shows them`].join('\n');
  const defaults = unset.map(({ key, origin: by }) => `# ${key}:${by === '' ? '' : `  default ${by}`}`);
  return [...set, ...defaults].join('\n');
}

function toYaml({ value }: Shown): string {
  if (typeof value === 'object') return `[${value.map(yamlText).join(', ')}]`;
  return typeof value === 'string' ? yamlText(value) : String(value);
}

/** A table as it is; a text in quotes where YAML could take it for something else. JSON's quotes are YAML's too. */
function yamlText(text: string): string {
  if (text.startsWith('{')) return text;
  const isPlain = /^[\w./][\w./ %<=>-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|~)$/i.test(text);
  return isPlain && text.trim() === text ? text : JSON.stringify(text);
}

function toJson(lines: readonly Shown[]): string {
  const values = lines.map(({ key, value, kind, origin }) => ({
    key,
    value: value ?? null,
    origin: kind,
    place: kind === 'default' ? null : origin,
    default: kind === 'default' && origin !== '' ? origin : null,
  }));
  return JSON.stringify({ schema: 'llm-bench/config/1', values }, undefined, 2);
}
