import type { Catalog } from './catalog.ts';
import { nearest } from './nearest.ts';

const MAX_SUGGESTIONS = 3;

/** Prefixes that may have been meant, nearest first: another spelling, another name of the provider, or a typing error. */
export function suggestPrefixes(text: string, catalog: Catalog): readonly string[] {
  const slash = text.indexOf('/');
  const wanted = plain(slash < 0 ? text : text.slice(0, slash));
  if (wanted === '') return [];
  const prefixes = new Map<string, string>();
  const add = (name: string, prefix: string): void => {
    if (!prefixes.has(plain(name))) prefixes.set(plain(name), prefix);
  };
  for (const prefix of catalog.byPrefix.keys()) add(prefix, prefix);
  for (const { knownAs, prefixes: own } of catalog.rows) for (const name of knownAs) add(name, own[0] ?? name);
  const meant = nearest(wanted, prefixes.keys(), prefixes.size).flatMap((name) => prefixes.get(name) ?? []);
  return [...new Set(meant)].slice(0, MAX_SUGGESTIONS);
}

/** Capitals, dots and dashes make no other name. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
