import { AppError } from '../../errors.ts';
import { findProvidersFile, isYaml, LOCAL_FILE } from '../../providers/read-providers.ts';
import {
  type ChangePlan,
  changeRegistry,
  type ProvidersFile,
  previewRegistry,
  type TomlEdit,
  type TomlTable,
} from '../../providers/registry-file.ts';
import { readRestTemplateFields } from '../../providers/rest-template-file.ts';
import { isSecretHeader, looksLikeKey } from '../../providers/secrets.ts';
import { findProvider, type RegistryPlace } from './load.ts';

/** Fields as `providers.toml` names them. */
export type ProviderFieldValues = TomlTable;

/** What was changed, and where. */
export interface ChangedProviders {
  readonly file: string;
  /** Names, in the order of the change. */
  readonly names: readonly string[];
}

export interface ProviderAddition {
  readonly name: string;
  readonly fields: ProviderFieldValues;
  /** File with its template; undefined: it has none. */
  readonly templateFile: string | undefined;
  /** Takes the place of one that has the same name. */
  readonly isForced: boolean;
}

/**
 * Puts a new provider at the end of the file, which is made if need be. Rejects with PROVIDER_EXISTS, KEY_IN_FILE, and what
 * `readRestTemplateFields` and `changeRegistry` throw.
 */
export async function addProvider(place: RegistryPlace, addition: ProviderAddition): Promise<ChangedProviders> {
  const file = await fileToChange(place);
  await changeRegistry(file, await additionPlan(file, addition));
  return { file, names: [addition.name] };
}

/** What the file would say then. Nothing is written; rejects with the same. */
export async function previewAddition(place: RegistryPlace, addition: ProviderAddition): Promise<ProvidersFile> {
  const file = await fileToChange(place);
  return previewRegistry(file, await additionPlan(file, addition));
}

async function additionPlan(file: string, addition: ProviderAddition): Promise<ChangePlan> {
  const { name, templateFile, isForced } = addition;
  checkName(name, file);
  const template = templateFile === undefined ? {} : { template: await templateIn(templateFile, file) };
  const fields = { ...addition.fields, ...template };
  refuseKeys(fields, file);
  const path = ['providers', name];
  return ({ providers }) => {
    const isThere = providers.some((provider) => provider.name === name);
    if (isThere && !isForced) throw new AppError('PROVIDER_EXISTS', { name, file });
    return [...(isThere ? [{ kind: 'remove', path } as const] : []), { kind: 'add-table', path, value: fields }];
  };
}

export interface ProviderEdit {
  readonly name: string;
  /** Of headers and parameters, only those that are named are changed. */
  readonly set: ProviderFieldValues;
  /** Fields to remove, as `temperature` or `extra_headers.X-Team`. */
  readonly unset: readonly string[];
}

/** Rejects with PROVIDER_NOT_CONFIGURED, FLAG_INVALID (a field that is not there), KEY_IN_FILE, and what `changeRegistry` throws. */
export async function editProvider(
  place: RegistryPlace,
  { name, set, unset }: ProviderEdit,
): Promise<ChangedProviders> {
  const file = await fileToChange(place);
  refuseKeys(set, file);
  await changeRegistry(file, (before, written) => {
    findProvider(before, name);
    const path = ['providers', name];
    const removals = unset.map((field) => ({
      kind: 'remove' as const,
      path: [...path, ...fieldPath(field, written.providers?.[name] ?? {})],
    }));
    return [...removals, ...settings(path, set)];
  });
  return { file, names: [name] };
}

/** Rejects with PROVIDER_NOT_CONFIGURED, and what `changeRegistry` throws. */
export async function removeProvider(place: RegistryPlace, name: string): Promise<ChangedProviders> {
  const file = await fileToChange(place);
  await changeRegistry(file, (before) => {
    findProvider(before, name);
    return [{ kind: 'remove', path: ['providers', name] }];
  });
  return { file, names: [name] };
}

/** As a table of the file. */
async function templateIn(templateFile: string, file: string): Promise<ProviderFieldValues> {
  const fields = JSON.parse(JSON.stringify(await readRestTemplateFields(templateFile))) as ProviderFieldValues;
  if (!holdsNull(fields)) return fields;
  throw new AppError('FILE_NOT_CHANGED', {
    file,
    reason: `the body in ${templateFile} holds null, which TOML has not`,
    hint: 'leave it out of the body',
  });
}

function holdsNull(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).some(holdsNull));
}

/** A Studio's file is another program's: it is read, and never changed. */
export async function fileToChange({ config, userConfig }: RegistryPlace): Promise<string> {
  const file = (await findProvidersFile({ named: config, userConfig })) ?? LOCAL_FILE;
  if (!isYaml(file)) return file;
  const hint = `take it over first: llm-bench provider import ${file}`;
  throw new AppError('FILE_NOT_CHANGED', { file, reason: 'only TOML is written', hint });
}

/** Names are typed, listed with commas, and put before a model with a slash. */
function checkName(name: string, file: string): void {
  if (/^[^\s\p{Cc},/=](?:[^\p{Cc},/=]{0,62}[^\s\p{Cc},/=])?$/u.test(name) && name !== '__proto__') return;
  const hint = 'take up to 64 letters, digits, dots, dashes and underscores; no comma, slash or equals sign';
  throw new AppError('FILE_NOT_CHANGED', { file, reason: `${JSON.stringify(name)} is no name for a provider`, hint });
}

/** `temperature`, or `extra_headers.X-Team` of a table. */
function fieldPath(field: string, written: Readonly<Record<string, unknown>>): readonly string[] {
  const [own = '', ...rest] = field.split('.');
  const table = Object.hasOwn(written, own) ? written[own] : undefined;
  const key = rest.join('.');
  if (rest.length === 0 && table !== undefined) return [own];
  if (rest.length > 0 && typeof table === 'object' && table !== null && Object.hasOwn(table, key)) return [own, key];
  const problem = `${field} is not there; there are ${Object.keys(written).join(', ')}`;
  throw new AppError('FLAG_INVALID', { flag: '--unset', problem, command: 'provider edit' });
}

/** Headers and parameters are added to those that are there. */
function settings(path: readonly string[], fields: ProviderFieldValues): readonly TomlEdit[] {
  return Object.entries(fields).flatMap(([field, value]): readonly TomlEdit[] => {
    if (!isTable(value)) return [{ kind: 'set', path: [...path, field], value }];
    return Object.entries(value).map(([key, item]) => ({ kind: 'set', path: [...path, field, key], value: item }));
  });
}

function isTable(value: ProviderFieldValues[string]): value is ProviderFieldValues {
  return typeof value === 'object' && !Array.isArray(value);
}

const NAMES_OF_MODELS: ReadonlySet<string> = new Set(['model', 'models', 'base_model', 'display_name']);
/** In single quotes, for within double ones the shell would put the key in. */
const FOR_HEADERS = `put it into a variable, and write that in its place: --header 'Authorization: Bearer $\{KEY}'`;

function refuseKeys(fields: ProviderFieldValues, file: string): void {
  const { extra_headers: headers, ...others } = fields;
  for (const [name, value] of Object.entries(headers ?? {})) {
    const field = `the header ${name}`;
    if (isSecretHeader(name, String(value))) throw new AppError('KEY_IN_FILE', { field, file, hint: FOR_HEADERS });
  }
  const hint = 'put it into a variable, and name that: --api-key-env NAME';
  for (const [field, value] of Object.entries(others)) {
    if (NAMES_OF_MODELS.has(field)) continue;
    if (textsIn(value).some((text) => looksLikeKey(text) || hasLogin(text))) {
      throw new AppError('KEY_IN_FILE', { field, file, hint });
    }
  }
}

function textsIn(value: ProviderFieldValues[string]): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

/** A password within a URL, or a key in its query. */
function hasLogin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.password !== '' || [...url.searchParams].some(([name, value]) => isSecretHeader(name, value));
}
