import type { Catalog } from './catalog.ts';
import type { ProviderRow } from './provider-row.ts';
import type { FoundBy, ResolveOptions } from './resolution.ts';

/** Whose a model string is. */
export interface Found {
  readonly row: ProviderRow;
  readonly prefix: string;
  /** What is left for the provider. */
  readonly name: string;
  readonly foundBy: FoundBy;
}

/** `owner/model:VERSION` of Replicate cannot be anything else, even if the owner's name is a prefix. */
const REPLICATE_VERSION = /^[^/\s]+\/[^/:\s]+:[0-9a-f]{64}$/;

/**
 * Splits at the first slash where the left part is a prefix; else the whole is a name, whose provider is told by the host of a
 * given base URL, by a list of models, or by its looks.
 */
export function findRow(text: string, catalog: Catalog, options: ResolveOptions): Found | undefined {
  if (options.isEndpointsOwn === true) {
    const row = options.apiBase === undefined ? undefined : findByHost(options.apiBase, catalog.rows);
    return row === undefined ? undefined : whole(text, row, 'host');
  }
  const slash = text.indexOf('/');
  const prefix = slash < 0 ? undefined : text.slice(0, slash);
  const replicate = catalog.byPrefix.get('replicate');
  if (replicate !== undefined && prefix !== 'replicate' && REPLICATE_VERSION.test(text)) {
    return { row: replicate, prefix: 'replicate', name: text, foundBy: 'name' };
  }
  const row = prefix === undefined ? undefined : catalog.byPrefix.get(prefix);
  if (prefix !== undefined && row !== undefined) {
    return { row, prefix, name: text.slice(slash + 1).trim(), foundBy: 'prefix' };
  }
  const byHost = options.apiBase === undefined ? undefined : findByHost(options.apiBase, catalog.rows);
  if (byHost !== undefined) return whole(text, byHost, 'host');
  const known = options.knownModels?.(text);
  const byName =
    (known === undefined ? undefined : catalog.byPrefix.get(known)) ??
    catalog.rows.find(({ names }) => names.some((pattern) => new RegExp(pattern).test(text)));
  return byName === undefined ? undefined : whole(text, byName, 'name');
}

function whole(text: string, row: ProviderRow, foundBy: FoundBy): Found {
  return { row, prefix: row.prefixes[0] ?? '', name: text, foundBy };
}

/** The row with the longest base URL that the given one begins with, or else the first row of the same host. */
function findByHost(apiBase: string, rows: readonly ProviderRow[]): ProviderRow | undefined {
  const given = addressOf(apiBase);
  if (given === undefined) return undefined;
  let best: { row: ProviderRow; length: number } | undefined;
  for (const row of rows) {
    if (row.unsupported !== undefined) continue;
    for (const address of addressesOf(row)) {
      if (address.host !== given.host) continue;
      const length = isWithin(given.path, address.path) ? address.path.length : -1;
      if (best === undefined || length > best.length) best = { row, length };
    }
  }
  return best?.row;
}

interface Address {
  readonly host: string;
  readonly path: string;
}

/** Only public hosts tell whose they are: anything may listen on a port of this machine. */
function addressesOf(row: ProviderRow): Address[] {
  const { baseUrl, path = '', otherBaseUrls } = row;
  const urls = [...(baseUrl === undefined ? [] : [baseUrl, `${baseUrl}${path}`]), ...otherBaseUrls];
  return urls.filter((url) => url.startsWith('https:') && !url.includes('{')).flatMap((url) => addressOf(url) ?? []);
}

function addressOf(url: string): Address | undefined {
  if (!URL.canParse(url)) return undefined;
  const { host, pathname } = new URL(url);
  return { host, path: pathname.replace(/\/+$/, '') };
}

function isWithin(path: string, start: string): boolean {
  return path === start || path.startsWith(`${start}/`);
}
