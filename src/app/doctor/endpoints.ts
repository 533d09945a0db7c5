import type { Clock } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import type { Origin } from '../../model/exchange.ts';
import type { Target } from '../../model/target.ts';
import { findProvidersFile, readProviders } from '../../providers/read-providers.ts';
import { type Probe, probeConnection } from '../../wire/probe.ts';
import { originOf } from '../../wire/request-bytes.ts';
import { addressTargets } from '../address/address-targets.ts';
import { NOTHING_SAID, type Surroundings } from '../address/target-options.ts';
import { readProxyRules } from '../proxies.ts';
import { type Check, fail, ok, warn } from './check.ts';

export interface EndpointsInput {
  readonly surroundings: Surroundings;
  /** A providers file instead of the usual ones. */
  readonly config: string | undefined;
  /** Connects to each provider. */
  readonly isOnline: boolean;
}

/** The providers file, the keys that it names, and a connection to each provider. Sends no request. */
export async function checkEndpoints({ surroundings, config, isOnline }: EndpointsInput): Promise<readonly Check[]> {
  const named = config ?? surroundings.config;
  const file = await findProvidersFile({ named, userConfig: surroundings.userConfig });
  const keys = keyCheck(surroundings.environment);
  if (file === undefined)
    return [ok('providers', 'no providers file: models are named by hand (llm-bench provider add)'), keys];
  let names: readonly string[];
  try {
    names = (await readProviders(file)).providers.map(({ name }) => name);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [fail('providers', error.message, error.hint), keys];
  }
  const checks: Check[] = [
    ok('providers', `${file}: ${names.length} ${names.length === 1 ? 'provider' : 'providers'}`),
    keys,
  ];
  const probed = new Map<string, Promise<Check>>();
  for (const name of names) {
    const found = await targetsOf(name, { surroundings, config });
    checks.push(...found.checks);
    if (!isOnline) continue;
    for (const { url } of found.targets) {
      if (!URL.canParse(url)) continue;
      const origin = originOf(new URL(url), readProxyRules(surroundings.environment));
      const key = `${name} ${origin.host}:${origin.port}`;
      if (!probed.has(key)) probed.set(key, connectionCheck(name, origin, surroundings.clock));
    }
  }
  return [...checks, ...(await Promise.all(probed.values()))];
}

/** Where its models are, and which key a run would miss. */
async function targetsOf(
  name: string,
  { surroundings, config }: Pick<EndpointsInput, 'surroundings' | 'config'>,
): Promise<{ readonly targets: readonly Target[]; readonly checks: readonly Check[] }> {
  try {
    const rehearsal = { ...surroundings, isRehearsal: true };
    const addressed = await addressTargets(
      { ...NOTHING_SAID, providers: [name], config, parameterMode: 'pass' },
      rehearsal,
    );
    const missing = addressed.flatMap(({ notes }) => notes).find((note) => note.includes('a run needs a key'));
    return {
      targets: addressed.map(({ target }) => target),
      checks: missing === undefined ? [] : [warn(`key ${name}`, `${name}: no key is set`, missing)],
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { targets: [], checks: [fail(`provider ${name}`, error.message, error.hint)] };
  }
}

const TIMEOUT_MS = 5_000;
/** Beyond this much of the TTFT of a near model would be the road to it. */
const FAR_MS = 150;

async function connectionCheck(name: string, origin: Origin, clock: Clock): Promise<Check> {
  return describeProbe(name, origin, await probeConnection(origin, clock, TIMEOUT_MS));
}

export function describeProbe(name: string, { host }: Origin, probe: Probe): Check {
  const id = `connection ${name}`;
  if (probe.kind === 'failed') {
    return fail(
      id,
      `${name}: no connection to ${host}: ${probe.error.message}`,
      'check the network, a proxy, and the address in the providers file',
    );
  }
  const { dnsMs, tcpMs, tlsMs } = probe.phases;
  const parts = [
    ...(dnsMs === undefined ? [] : [`dns ${dnsMs.toFixed(1)} ms`]),
    `tcp ${(tcpMs ?? 0).toFixed(1)} ms`,
    ...(tlsMs === undefined ? [] : [`tls ${tlsMs.toFixed(1)} ms`]),
  ];
  const text = `${name}: ${host}, ${parts.join(', ')}`;
  return (tcpMs ?? 0) > FAR_MS
    ? warn(id, text, 'the way there is long and part of every TTFT: measure from nearer, or say so beside the numbers')
    : ok(id, text);
}

/** What the tools of the families read. */
const KEY_VARIABLES = [
  'LLM_BENCH_API_KEY',
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'GEMINI_API_KEY',
  'GROQ_API_KEY',
  'MISTRAL_API_KEY',
  'COHERE_API_KEY',
  'AWS_BEARER_TOKEN_BEDROCK',
] as const;

/** Names only, never values. */
function keyCheck(environment: Surroundings['environment']): Check {
  const set = KEY_VARIABLES.filter((name) => environment(name) !== undefined);
  return ok(
    'keys',
    set.length === 0
      ? 'keys: none of the usual variables is set'
      : `keys: ${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} set`,
  );
}
