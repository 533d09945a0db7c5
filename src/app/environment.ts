import { arch, cpus, platform, totalmem } from 'node:os';
import type { ClientEvidence } from '../model/calibration.ts';
import type { Plan } from '../model/plan.ts';
import { type ProxyRules, proxyName } from '../model/proxy.ts';
import type { Environment } from '../model/run.ts';
import { proxyFor } from '../wire/proxy-rules.ts';

const HTTP_1 = 'llm-bench HTTP/1.1 on node:net';

/** The machine, as far as numbers depend on it. No names of hosts or people. */
export function describeEnvironment(transport: string = HTTP_1, calibration?: ClientEvidence): Environment {
  const processors = cpus();
  return {
    node: process.version,
    platform: platform(),
    arch: arch(),
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cpuCount: processors.length,
    memoryBytes: totalmem(),
    transport,
    calibration,
  };
}

/** What measured, and through which proxies. Their logins are not told. */
export function transportOf({ isHttp2, targets }: Plan, proxies: ProxyRules): string {
  const client = isHttp2 ? 'HTTP/2 on node:http2, shared connections' : HTTP_1;
  const used = new Set(
    targets.flatMap(({ url }) => {
      const proxy = URL.canParse(url) ? proxyFor(proxies, new URL(url)) : undefined;
      return proxy === undefined ? [] : [proxyName(proxy)];
    }),
  );
  return used.size === 0 ? client : `${client}, through ${[...used].join(' and ')}`;
}
