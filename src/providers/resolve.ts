import { toAuth } from './auth.ts';
import { type BaseUrl, baseUrlMissing, type FoundBaseUrl, fillBaseUrl, givenBaseUrl } from './base-url.ts';
import { openCatalog } from './catalog.ts';
import { type Found, findRow } from './find-row.ts';
import { openValues, type Values } from './placeholders.ts';
import type { ProviderRoute, ProviderRow } from './provider-row.ts';
import type { Auth, Incomplete, Missing, Resolution, ResolveOptions } from './resolution.ts';
import { suggestPrefixes } from './suggest.ts';
import { fill, joinPaths, toSegment } from './template.ts';

/**
 * What a model string such as `groq/llama-3.3-70b-versatile` names, read as LiteLLM reads it. Pure: it asks for nothing but
 * what it is given, and no key passes through it. Never throws.
 */
export function resolve(modelString: string, options: ResolveOptions): Resolution {
  const catalog = options.catalog ?? openCatalog();
  const text = modelString.trim();
  const found = text === '' ? undefined : findRow(text, catalog, options);
  if (found === undefined) {
    return { kind: 'unknown', modelString: text, suggestions: suggestPrefixes(text, catalog) };
  }
  if (found.name === '') {
    return incomplete(found, [
      { what: 'model name', option: undefined, variables: [], example: `${found.prefix}/MODEL`, problem: undefined },
    ]);
  }
  return resolveFound(found, options);
}

/** A row's way with a route's laid over it. */
interface Chosen {
  readonly row: ProviderRow;
  readonly route: ProviderRoute;
  /** Named groups of the route's pattern. */
  readonly groups: Readonly<Record<string, string | undefined>>;
}

function resolveFound(found: Found, options: ResolveOptions): Resolution {
  const { row } = found;
  const given = givenBaseUrl(row, options);
  if (given?.kind === 'missing') return incomplete(found, given.missing);
  const chosen = chooseRoute(row, found.name, given?.base);
  const { route } = chosen;
  const reason = route.unsupported ?? row.unsupported;
  if (reason !== undefined) {
    const wayAround = route.wayAround ?? row.wayAround ?? '';
    return { kind: 'unsupported', prefix: found.prefix, model: found.name, reason, wayAround };
  }
  const values = valuesOf(chosen, found.name, options);
  const built = buildAddress(chosen, values, given ?? defaultBaseUrl(chosen, values));
  if (built.missing.length > 0) return incomplete(found, built.missing);
  const dialect = route.dialect ?? row.dialect;
  return {
    kind: 'resolved',
    prefix: found.prefix,
    provider: row.prefixes[0] ?? found.prefix,
    foundBy: found.foundBy,
    ...modelsOf(chosen, values, options),
    dialect,
    url: built.url,
    query: built.query,
    headers: built.headers,
    body: built.body,
    auth: authOf(chosen, values, built.url),
    region: values.of('region') ?? values.of('location'),
    // The name is that of the row's own dialect.
    maxTokensName: dialect === row.dialect ? row.maxTokensName : undefined,
    genaiPricesId: row.genaiPricesId,
    modelsDevId: row.modelsDevId,
    verified: route.verified ?? row.verified ?? true,
    note: route.note ?? row.note,
  };
}

function incomplete({ prefix, foundBy, name }: Found, missing: readonly Missing[]): Incomplete {
  return { kind: 'incomplete', prefix, foundBy, model: name, missing };
}

const NO_ROUTE: ProviderRoute = {};

/** Patterns of base URLs are tried on the given one, or else on the default as it is written. */
function chooseRoute(row: ProviderRow, name: string, given: BaseUrl | undefined): Chosen {
  const base = given === undefined ? row.baseUrl : `${given.origin}${given.path}`;
  for (const route of row.routes) {
    const match = route.models === undefined ? undefined : new RegExp(route.models).exec(name);
    if (match === null) continue;
    if (route.base !== undefined && (base === undefined || !new RegExp(route.base).test(base))) continue;
    return { row, route, groups: match?.groups ?? {} };
  }
  return { row, route: NO_ROUTE, groups: {} };
}

/** Of several placeholders of which one is needed, only the first that is known has a value. */
function valuesOf({ row, route, groups }: Chosen, name: string, options: ResolveOptions): Values {
  const values = openValues(row, { ...groups, model: groups['model'] ?? name }, options);
  const needed = route.needsOneOf ?? row.needsOneOf ?? [];
  const first = needed.find((placeholder) => values.of(placeholder) !== undefined);
  const isLeftOut = (placeholder: string): boolean => placeholder !== first && needed.includes(placeholder);
  return { ...values, of: (placeholder) => (isLeftOut(placeholder) ? undefined : values.of(placeholder)) };
}

function defaultBaseUrl({ row, route }: Chosen, values: Values): FoundBaseUrl {
  const template = route.baseUrl ?? row.baseUrl;
  if (template === undefined) return { kind: 'missing', missing: [baseUrlMissing(row)] };
  return fillBaseUrl(template, values);
}

interface Address {
  readonly url: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, string>>;
  readonly missing: readonly Missing[];
}

function buildAddress({ row, route }: Chosen, values: Values, base: FoundBaseUrl): Address {
  const known = base.kind === 'found' ? base.base : undefined;
  const path = fill(route.path ?? row.path ?? '', values.of, toSegment);
  const query = buildQuery(route.query ?? row.query ?? {}, values, known?.query ?? '');
  const headers = fillAll({ ...row.headers, ...route.headers }, values);
  // A field of the body is left out when its value is unknown; which of them are needed stands in `needsOneOf`.
  const body = fillAll(route.body ?? row.body ?? {}, values).texts;
  const needed = route.needsOneOf ?? row.needsOneOf ?? [];
  const isLacking = needed.length > 0 && needed.every((name) => values.of(name) === undefined);
  const unknown = new Set([...path.missing, ...query.missing, ...headers.missing, ...(isLacking ? needed : [])]);
  const missing = [
    ...(base.kind === 'missing' ? base.missing : []),
    ...[...unknown].map((name) => values.describe(name, undefined)),
  ];
  const url = known === undefined ? '' : `${known.origin}${joinPaths(known.path, path.text ?? '')}`;
  return { url, query: query.text, headers: headers.texts, body, missing: distinct(missing) };
}

/** `{location}` may be missing in the host and in the path: one complaint is enough. */
function distinct(missing: readonly Missing[]): Missing[] {
  return missing.filter((one, index) => missing.findIndex(({ what }) => what === one.what) === index);
}

function fillAll(
  templates: Readonly<Record<string, string>>,
  values: Values,
): { readonly texts: Readonly<Record<string, string>>; readonly missing: readonly string[] } {
  const texts: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, template] of Object.entries(templates)) {
    const filled = fill(template, values.of);
    missing.push(...filled.missing);
    if (filled.text !== undefined) texts[name] = filled.text;
  }
  return { texts, missing };
}

/** What the user wrote behind the base URL stays, and has the word. */
function buildQuery(
  templates: Readonly<Record<string, string>>,
  values: Values,
  given: string,
): { readonly text: string; readonly missing: readonly string[] } {
  const written = new URLSearchParams(given);
  const ours = Object.fromEntries(Object.entries(templates).filter(([name]) => !written.has(name)));
  const { texts, missing } = fillAll(ours, values);
  const parts = Object.entries(texts).map(([name, text]) => `${toSegment(name)}=${toSegment(text)}`);
  const all = [...(given.length > 1 ? [given.slice(1)] : []), ...parts].join('&');
  return { text: all === '' ? '' : `?${all}`, missing };
}

function modelsOf(
  { row, route }: Chosen,
  values: Values,
  options: ResolveOptions,
): { readonly model: string; readonly baseModel: string | undefined } {
  const name = values.of('model') ?? '';
  const model = fill(route.model ?? row.model ?? '{model}', values.of).text ?? name;
  const template = route.baseModel ?? row.baseModel;
  const isDeployment = route.isDeployment ?? row.isDeployment ?? false;
  const own = template === undefined ? name : (fill(template, values.of).text ?? name);
  return { model, baseModel: options.baseModel ?? (isDeployment ? undefined : own) };
}

function authOf({ row, route }: Chosen, values: Values, url: string): readonly Auth[] {
  const region = values.of('region') ?? regionIn(url);
  const first = {
    auth: route.auth ?? row.auth ?? 'native',
    keyVariables: route.keyVariables ?? row.keyVariables ?? [],
  };
  const others = route.otherAuth ?? row.otherAuth ?? [];
  return [first, ...others].map(({ auth, keyVariables }) => toAuth(auth, { keyVariables, region }, row));
}

function regionIn(url: string): string | undefined {
  return /^https:\/\/[^/]*\.([a-z]{2}(?:-[a-z]+)+-[0-9])\.[^/]*(?:\/|$)/.exec(url)?.[1];
}
