import type { HttpRequest, Origin, PreparedRequest } from '../model/exchange.ts';
import type { ProxyRules } from '../model/proxy.ts';
import { proxyFor } from './proxy-rules.ts';

const NO_BODY = new Uint8Array(0);

/** What requests to one URL with the same headers have in common. */
interface Head {
  readonly request: HttpRequest;
  readonly origin: Origin;
  /** Up to the content-length. */
  readonly text: string;
}

/** Writes requests as the bytes of HTTP/1.1. A run sends the same head over and over, so the last one is kept. */
export class RequestWriter {
  readonly #proxies: ProxyRules;
  #last: Head | undefined;

  constructor(proxies: ProxyRules) {
    this.#proxies = proxies;
  }

  /** Throws for a header that HTTP does not allow; whoever calls has told the user before, in better words. */
  prepare(request: HttpRequest): PreparedRequest {
    const last = this.#last;
    const head = last !== undefined && isAlike(last.request, request) ? last : writeHead(request, this.#proxies);
    this.#last = head;
    const body = request.body ?? NO_BODY;
    const end = request.body === undefined ? '\r\n' : `content-length: ${body.length}\r\n\r\n`;
    const text = head.text + end;
    const bytes = Buffer.allocUnsafe(text.length + body.length);
    bytes.write(text, 0, 'latin1');
    bytes.set(body, text.length);
    return { origin: head.origin, bytes };
  }
}

function isAlike(one: HttpRequest, other: HttpRequest): boolean {
  if (one.url !== other.url || one.method !== other.method) return false;
  const names = Object.keys(one.headers);
  const others = Object.keys(other.headers);
  return (
    names.length === others.length &&
    names.every((name, place) => name === others[place] && one.headers[name] === other.headers[name])
  );
}

function writeHead(request: HttpRequest, proxies: ProxyRules): Head {
  const url = new URL(request.url);
  const origin = originOf(url, proxies);
  // A proxy that passes requests on is told the whole URL (RFC 9112 §3.2.2); through a tunnel the origin is spoken to itself.
  const passing = origin.isTls ? undefined : origin.proxy;
  const login = passing?.authorization;
  const lines = [
    `${request.method} ${passing === undefined ? '' : url.origin}${url.pathname}${url.search} HTTP/1.1`,
    `host: ${url.host}`,
    'connection: keep-alive',
    ...(login === undefined ? [] : [`proxy-authorization: ${login}`]),
    ...Object.entries(request.headers).map(([name, value]) => fieldLine(name, value)),
  ];
  return { request: { ...request, body: undefined }, origin, text: `${lines.join('\r\n')}\r\n` };
}

export function originOf(url: URL, proxies: ProxyRules): Origin {
  const isTls = url.protocol === 'https:';
  return {
    isTls,
    // URL keeps the brackets of an IPv6 address; sockets want it without.
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    proxy: proxyFor(proxies, url),
  };
}

function fieldLine(name: string, value: string): string {
  checkField(name, value);
  return `${name}: ${value}`;
}

/** Throws for what would break out of its line, and for what is the client's own. */
export function checkField(name: string, value: string): void {
  if (!FIELD_NAME.test(name)) throw new Error('the name of a header holds a character that HTTP does not allow');
  if (OWN_FIELDS.has(name.toLowerCase())) throw new Error(`the header ${name} is the client's own`);
  // Also what is beyond latin1, for one byte would be left of it: of `č` a CR.
  if (!FIELD_VALUE.test(value)) throw new Error(`the header ${name} holds a character that HTTP does not allow`);
}

const FIELD_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const OWN_FIELDS: ReadonlySet<string> = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);
