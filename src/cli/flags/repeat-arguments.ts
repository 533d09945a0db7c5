import { runKeys, type SettingKey } from '../config/setting-keys.ts';
import { SHOWING } from '../declare/run-options.ts';
import type { PlanFlags } from './run-flags.ts';

/** Of what is shown and kept, only this makes another run. */
const KEPT_ATTRIBUTES: ReadonlySet<string> = new Set(['saveText', 'failIf']);

type Given = PlanFlags & { readonly saveText?: boolean };

/** The arguments that plan this again, whatever gave the flags. `seed`: the one that was used. */
export function repeatArguments(flags: Given, names: readonly string[], seed: number): readonly string[] {
  const given: Readonly<Record<string, unknown>> = { ...flags, seed: String(seed) };
  const keys = runKeys().filter(({ group, attribute }) => group !== SHOWING || KEPT_ATTRIBUTES.has(attribute));
  return [...names, ...keys.flatMap((key) => argumentsFor(key, given[key.attribute], flags))];
}

function argumentsFor(key: SettingKey, value: unknown, flags: Given): readonly string[] {
  if (value === undefined || (key.attribute === 'prompt' && flags.saveText !== true)) return [];
  if (key.kind === 'switch') return value === !key.isOffSwitch ? [key.flag] : [];
  const texts = (Array.isArray(value) ? value : [value]).map((text) => withoutSecrets(key.attribute, String(text)));
  return texts.flatMap((text) => (text.startsWith('-') ? [`${key.flag}=${text}`] : [key.flag, text]));
}

function withoutSecrets(attribute: string, text: string): string {
  if (attribute === 'apiKey') return text.startsWith('os.environ/') ? text : 'os.environ/LLM_BENCH_API_KEY';
  if (attribute === 'header') return headerByName(text);
  return attribute === 'endpoint' || attribute === 'apiBase' ? urlByName(text) : text;
}

const REFERENCE = /\$\{\w+\}/;

/** `x-team: ${HEADER_X_TEAM}`; a value that names a variable already stays. */
function headerByName(text: string): string {
  const [, name = '', value = ''] = /^([^:]*):\s*(.*)$/s.exec(text) ?? [];
  return REFERENCE.test(value) ? text : `${name}: ${variable('HEADER', name)}`;
}

/** Login and query values by name. The version of an API is none of a user's secrets. */
function urlByName(text: string): string {
  const login = `//${variable('ENDPOINT', 'user')}:${variable('ENDPOINT', 'password')}@`;
  return text
    .replace(/\/\/[^/@?#]*@/, (whole) => (REFERENCE.test(whole) ? whole : login))
    .replaceAll(/(?<=[?&])[^=&#]+=[^&#]*/g, (pair) => {
      const [name = ''] = pair.split('=');
      return name === 'api-version' || REFERENCE.test(pair) ? pair : `${name}=${variable('ENDPOINT', name)}`;
    });
}

function variable(of: string, name: string): string {
  return `\${${of}_${name.toUpperCase().replaceAll(/\W/g, '_')}}`;
}
