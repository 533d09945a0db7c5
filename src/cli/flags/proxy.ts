import { PROXY_VARIABLE, readProxyRules } from '../../app/proxies.ts';
import type { CliContext } from '../context.ts';

/** The same context, in which everything goes through the proxy that `--proxy` names. */
export function withProxy(context: CliContext, proxy: string | undefined): CliContext {
  if (proxy === undefined) return context;
  const { settings } = context;
  const environment = (name: string): string | undefined =>
    name === PROXY_VARIABLE ? proxy : settings.environment(name);
  return {
    ...context,
    settings: { ...settings, environment },
    createApp: (level) => ({ ...context.createApp(level), proxies: () => readProxyRules(environment) }),
  };
}
