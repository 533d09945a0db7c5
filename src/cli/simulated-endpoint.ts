import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A simulated endpoint as a process of its own, so that it takes no time from the client. */
export interface SimulatedEndpoint {
  readonly url: string;
  /** Ends it; resolves when all that it saw is written. */
  readonly stop: () => Promise<void>;
}

/** Resolves once it listens. `entry`: the launcher's file. `settings`: flags of `simulate`. */
export async function startSimulatedEndpoint(entry: string, settings: readonly string[]): Promise<SimulatedEndpoint> {
  const child = spawn(process.execPath, [entry, 'simulate', '--port', '0', ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // Ctrl-C in a terminal reaches the whole group: the endpoint must outlive the answers that are under way.
    detached: true,
  });
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<void>();
  child.once('exit', () => onEnd());
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the simulated endpoint ended with code ${code}`)));
  });
  return { url, stop: () => stopChild(child, ended) };
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill('SIGINT');
  await ended;
}
