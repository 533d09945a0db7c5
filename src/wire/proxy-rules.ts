import type { ProxyAddress, ProxyRules } from '../model/proxy.ts';

/** The proxy for a URL; undefined: it is reached directly. */
export function proxyFor(rules: ProxyRules, url: URL): ProxyAddress | undefined {
  const isTls = url.protocol === 'https:';
  const proxy = isTls ? rules.https : rules.http;
  if (proxy === undefined) return undefined;
  const host = bareHost(url.hostname);
  if (!rules.coversLoopback && LOOPBACK.test(host)) return undefined;
  const port = url.port === '' ? (isTls ? '443' : '80') : url.port;
  return rules.bypass.some((entry) => isNamed(entry, host, port)) ? undefined : proxy;
}

/** As curl and Go take it: an entry without a leading dot names the host and all below it. */
function isNamed(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(bareHost(entry)) ?? [];
  // An IPv6 address is full of colons, and its last group no port.
  const isAddress = entry.split(':').length > 2;
  if (!isAddress && wantedPort !== undefined && wantedPort !== port) return false;
  const wanted = (isAddress ? bareHost(entry) : name).toLowerCase().replace(/^\*?\./, '');
  if (wanted === '') return false;
  return host === wanted || host.endsWith(`.${wanted}`);
}

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|::1)$/;

function bareHost(host: string): string {
  return host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
}

/** Reads a proxy's URL; what is wrong with it as words, which never hold its password. A scheme may be left out. */
export function parseProxy(text: string): ProxyAddress | string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.hostname === '') return 'it is no URL, as http://proxy.example.com:3128';
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return `a proxy is spoken to by http or https, not by ${url.protocol.replace(':', '')}`;
  const isTls = url.protocol === 'https:';
  const { username, password } = url;
  return {
    isTls,
    host: bareHost(url.hostname),
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    authorization: username === '' ? undefined : `Basic ${btoa(toBytes(`${decode(username)}:${decode(password)}`))}`,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** UTF-8, each byte as a character, as `btoa` wants it. */
function toBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
