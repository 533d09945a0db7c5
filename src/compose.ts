// Puts the adapters into the ports, for the command line and for the library.
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { AppContext, Log } from './app/context.ts';
import { NO_PROXIES, type ProxyRules } from './model/proxy.ts';

const MANIFEST = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

export const VERSION: string = MANIFEST.version;

/** Everything that a use case needs. Stores and drivers are loaded when they are first opened. */
export function createContext(
  log: Log,
  calibrationFile?: string,
  proxies: () => ProxyRules = () => NO_PROXIES,
): AppContext {
  return {
    version: VERSION,
    log,
    openStore: async (location, mode) =>
      (await import('./store/open.ts')).openStore(location, mode, { say: (line) => log.warn(line) }),
    // A thread's file has this file's extension: TypeScript in a checkout, JavaScript when installed.
    threadUrl: new URL(`./measuring-thread${extname(import.meta.url)}`, import.meta.url),
    countingThreadUrl: new URL(`./counting-thread${extname(import.meta.url)}`, import.meta.url),
    calibrationFile,
    proxies,
  };
}
