import type { Credentials } from '../model/target.ts';

/** All that must not be kept or shown of what a target is called with. */
export function secretsOf({ apiKey, headers, query, signing }: Credentials): readonly string[] {
  const queryValues = [...new URLSearchParams(query).values()];
  const headerValues = Object.values(headers).flatMap(headerSecrets);
  const signingKeys = [signing?.accessKeyId, signing?.secretAccessKey, signing?.sessionToken];
  return [apiKey, ...headerValues, ...queryValues, ...signingKeys].flatMap((secret) => secret || []);
}

/** A header's value, and what an `authorization` has in it: servers quote a key without its scheme, and a password as they read it. */
function headerSecrets(value: string): readonly string[] {
  const [, scheme = '', key = ''] = /^(\w+) +(\S+)$/.exec(value) ?? [];
  if (scheme.toLowerCase() !== 'basic') return [value, key];
  const login = Buffer.from(key, 'base64').toString('utf8');
  return [value, key, login.slice(login.indexOf(':') + 1)];
}
