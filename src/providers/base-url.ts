import { firstSet, type Values } from './placeholders.ts';
import type { ProviderRow } from './provider-row.ts';
import type { Missing, ResolveOptions } from './resolution.ts';
import { fill, toSegment } from './template.ts';

/** A base URL in its parts. */
export interface BaseUrl {
  readonly origin: string;
  /** Without trailing slash; empty when there is none. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
}

export type FoundBaseUrl =
  | { readonly kind: 'found'; readonly base: BaseUrl }
  | { readonly kind: 'missing'; readonly missing: readonly Missing[] };

const REFERENCE = 'os.environ/';

/** A value that the user gave, or that of the variable that it names: `os.environ/NAME`. */
export function dereference(value: string, environment: ResolveOptions['environment']): string | undefined {
  if (!value.startsWith(REFERENCE)) return value;
  return firstSet([value.slice(REFERENCE.length)], environment)?.value;
}

/** The option, else the provider's variables in order; undefined: only a default is left. */
export function givenBaseUrl(row: ProviderRow, options: ResolveOptions): FoundBaseUrl | undefined {
  const { apiBase, environment } = options;
  if (apiBase !== undefined && apiBase.trim() !== '') {
    const text = dereference(apiBase.trim(), environment);
    if (text !== undefined) return readBaseUrl(text, row, []);
    return missing(row, [apiBase.trim().slice(REFERENCE.length)], undefined);
  }
  const set = firstSet(row.baseVariables, environment);
  return set === undefined ? undefined : readBaseUrl(set.value, row, [set.name]);
}

function readBaseUrl(text: string, row: ProviderRow, variables: readonly string[]): FoundBaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return missing(row, variables, 'this is not a URL that begins with http:// or https://');
  }
  if (url.username !== '' || url.password !== '') {
    return missing(row, variables, 'user and password belong into a header, not into the URL');
  }
  const path = url.pathname.replace(/\/+$/, '');
  return { kind: 'found', base: { origin: url.origin, path: trimmed(path, row.trimBase), query: url.search } };
}

function trimmed(path: string, end: string | undefined): string {
  return end === undefined ? path : path.replace(new RegExp(end), '').replace(/\/+$/, '');
}

function missing(row: ProviderRow, variables: readonly string[], problem: string | undefined): FoundBaseUrl {
  return { kind: 'missing', missing: [baseUrlMissing(row, variables, problem)] };
}

/** What to say where no base URL is known. */
export function baseUrlMissing(
  row: ProviderRow,
  variables: readonly string[] = row.baseVariables,
  problem?: string | undefined,
): Missing {
  return { what: 'base URL', option: 'apiBase', variables, example: row.exampleBaseUrl, problem };
}

/** The catalog's own base URL, with its placeholders filled. What stands in the host must not lead to another host. */
export function fillBaseUrl(template: string, values: Values): FoundBaseUrl {
  const [, scheme = '', host = '', path = ''] = /^(https?:\/\/)([^/]*)(.*)$/.exec(template) ?? [];
  const unfit: string[] = [];
  const inHost = fill(host, (name) => {
    const value = values.of(name);
    if (value !== undefined && !/^[A-Za-z0-9.-]*$/.test(value)) unfit.push(name);
    return value;
  });
  const inPath = fill(path, values.of, toSegment);
  const unknown = [...new Set([...inHost.missing, ...inPath.missing])];
  if (unknown.length > 0 || unfit.length > 0) {
    return {
      kind: 'missing',
      missing: [
        ...unknown.map((name) => values.describe(name, undefined)),
        ...unfit.map((name) => values.describe(name, 'it has characters that no host name has')),
      ],
    };
  }
  const text = `${scheme}${inHost.text ?? ''}${inPath.text ?? ''}`;
  if (!URL.canParse(text))
    return { kind: 'missing', missing: [values.describe(placeholderIn(host), 'it fits no host name')] };
  const url = new URL(text);
  return { kind: 'found', base: { origin: url.origin, path: url.pathname.replace(/\/+$/, ''), query: '' } };
}

function placeholderIn(host: string): string {
  return /\{(\w+)/.exec(host)?.[1] ?? 'base URL';
}
