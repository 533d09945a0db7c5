import type { SettingKey } from '../../app/settings-file/setting-key.ts';
import { runKeys } from '../config/setting-keys.ts';
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
  // A proxy belongs to where the run was made, and may hold a password.
  if (key.attribute === 'proxy') return [];
  if (value === undefined || (key.attribute === 'prompt' && flags.saveText !== true)) return [];
  if (key.kind === 'switch') return value === !key.isOffSwitch ? [key.flag] : [];
  const texts = (Array.isArray(value) ? value : [value]).map((text) => withoutSecrets(key.attribute, String(text)));
  return texts.flatMap((text) => (text.startsWith('-') ? [`${key.flag}=${text}`] : [key.flag, text]));
}

/** A value as it can be shown and stored: names of variables stand in place of secrets. */
export function withoutSecrets(attribute: string, text: string): string {
  if (attribute === 'target') return targetByName(text);
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

/** As JSON; anything else is shown to nobody. */
function targetByName(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (name, value: unknown) => {
      if (name === 'api_base' && typeof value === 'string') return urlByName(value);
      return name === 'extra_headers' && typeof value === 'object' && value !== null ? headersByName(value) : value;
    });
  } catch {
    return '{}';
  }
}

function headersByName(headers: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      REFERENCE.test(String(value)) ? value : variable('HEADER', name),
    ]),
  );
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
