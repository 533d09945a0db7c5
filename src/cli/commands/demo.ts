import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CliContext, Command } from '../context.ts';
import { planRun } from '../flags/plan.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { surroundingsOf } from '../flags/surroundings.ts';
import { measure } from './run.ts';

export interface DemoFlags {
  readonly db?: string;
  readonly progress: boolean;
}

/** Two providers that could be real ones: a quick small model, and a slow large one that thinks first and sometimes refuses. */
const PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  swift: [
    '--ttft',
    'lognormal:80,0.35',
    '--token-delay',
    'lognormal:9,0.4',
    '--tokens',
    'uniform:30..90',
    '--seed',
    '7',
  ],
  sage: [
    ...['--ttft', 'lognormal:240,0.3', '--token-delay', 'lognormal:16,0.3', '--tokens', 'uniform:40..80'],
    ...['--reasoning-tokens', '12', '--fault', '429:0.03', '--seed', '11'],
  ],
};

/** `llm-bench demo`: a whole benchmark over HTTP against two simulated providers, without a key. */
export const demo: Command<DemoFlags> = async (flags, context) => {
  const simulators = Object.entries(PROVIDERS).map(([name, settings]) => startProvider(name, settings, context));
  try {
    const endpoint = await Promise.all(simulators.map(({ endpoint: ready }) => ready));
    const runFlags: RunFlags = {
      endpoint,
      model: ['demo-1'],
      prompt: ['Say hello to the world.', 'Name three rivers.', 'What is a quantile?'],
      numRequests: '60',
      concurrency: '6',
      warmup: '7',
      slo: ['ttft<=400ms'],
      stream: true,
      save: true,
      output: 'text',
      histogram: true,
      ...flags,
    };
    // No key of the user's is for these.
    const surroundings = { ...surroundingsOf(context, { isRehearsal: false }), environment: () => undefined };
    const planned = await planRun(runFlags, [], { surroundings, freshSeed: context.freshSeed });
    return await measure(planned, { flags: runFlags, runId: undefined, thresholds: [], context });
  } finally {
    for (const { process: child } of simulators) child.kill();
  }
};

/** A simulator as a process of its own, so that it takes no time from the client; ready once it has said its URL. */
function startProvider(
  name: string,
  settings: readonly string[],
  { entry }: CliContext,
): { readonly process: ChildProcess; readonly endpoint: Promise<string> } {
  const child = spawn(process.execPath, [entry, 'simulate', '--port', '0', ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // Ctrl-C in a terminal reaches the whole group: the endpoint must outlive the answers that are under way.
    detached: true,
  });
  const endpoint = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (url) => resolve(`${name}=${url}`));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the simulated provider ${name} ended with code ${code}`)));
  });
  return { process: child, endpoint };
}
