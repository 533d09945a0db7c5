/** An HTTP proxy. Holds a secret. */
export interface ProxyAddress {
  /** Whether the proxy itself is spoken to over TLS. */
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** Value of `proxy-authorization`; undefined: none. A secret. */
  readonly authorization: string | undefined;
}

/** Which URLs go through which proxy. Holds secrets. */
export interface ProxyRules {
  /** For `http:` URLs. */
  readonly http: ProxyAddress | undefined;
  /** For `https:` URLs. */
  readonly https: ProxyAddress | undefined;
  /** Hosts that are reached directly, as NO_PROXY names them: `*`, `example.com`, `.example.com`, `10.0.0.1`, `example.com:8080`. */
  readonly bypass: readonly string[];
  /** Whether this machine's own addresses go through the proxy too: only when one was named for this very command. */
  readonly coversLoopback: boolean;
}

export const NO_PROXIES: ProxyRules = { http: undefined, https: undefined, bypass: [], coversLoopback: false };

/** Where it is, for people: without login. */
export function proxyName({ isTls, host, port }: ProxyAddress): string {
  return `${isTls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
