import { AppError } from '../errors.ts';
import type { ProxyAddress, ProxyRules } from '../model/proxy.ts';
import { parseProxy } from '../wire/proxy-rules.ts';

/** What `--proxy` stands for: a proxy for everything, this machine's own addresses included. */
export const PROXY_VARIABLE = 'LLM_BENCH_PROXY';

/**
 * Which proxies this process is to use: `LLM_BENCH_PROXY` for all URLs, else `HTTPS_PROXY` and `HTTP_PROXY`, else `ALL_PROXY`; `NO_PROXY`
 * wins over each. Lower-case names count too, and first. Throws FLAG_INVALID, without the proxy's password.
 */
export function readProxyRules(environment: (name: string) => string | undefined): ProxyRules {
  const find = (...names: readonly string[]): ProxyAddress | undefined => {
    const name = names.flatMap((one) => [one.toLowerCase(), one]).find((one) => environment(one) !== undefined);
    return name === undefined ? undefined : readAddress(name, environment(name) ?? '');
  };
  const own = environment(PROXY_VARIABLE);
  const all = own === undefined ? undefined : readAddress(PROXY_VARIABLE, own);
  const bypass = environment('no_proxy') ?? environment('NO_PROXY') ?? '';
  return {
    http: all ?? find('HTTP_PROXY', 'ALL_PROXY'),
    https: all ?? find('HTTPS_PROXY', 'ALL_PROXY'),
    bypass: bypass.split(/[\s,]+/).filter((entry) => entry !== ''),
    coversLoopback: all !== undefined,
  };
}

function readAddress(name: string, text: string): ProxyAddress {
  const proxy = parseProxy(text);
  if (typeof proxy !== 'string') return proxy;
  const flag = name === PROXY_VARIABLE ? '--proxy' : name;
  throw new AppError('FLAG_INVALID', { flag, problem: proxy, command: 'run' });
}
