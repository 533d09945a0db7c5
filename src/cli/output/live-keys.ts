/** What a pressed key asks of the live view. Numbers count from 0. */
export type ViewKey =
  | { readonly kind: 'next' }
  | { readonly kind: 'previous' }
  | { readonly kind: 'overview' }
  | { readonly kind: 'target'; readonly index: number };

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';
const CTRL_BACKSLASH = '\u001c';

/** Keys as terminals send them; undefined: a key that means nothing here. */
export function readKey(key: string): ViewKey | undefined {
  if (key === '\t' || key === '\u001b[C' || key === '\u001b[B') return { kind: 'next' };
  if (key === '\u001b[Z' || key === '\u001b[D' || key === '\u001b[A') return { kind: 'previous' };
  if (key === '0' || key === 'a' || key === '\u001b') return { kind: 'overview' };
  return /^[1-9]$/.test(key) ? { kind: 'target', index: Number(key) - 1 } : undefined;
}

/**
 * Listens to single keys of the terminal at stdin, which is then in raw mode: Ctrl-C, Ctrl-Z and Ctrl-\ are turned back into the
 * signals that they are elsewhere. Undefined where stdin is no terminal. The returned stopper gives the terminal back.
 */
export function listenForKeys(onKey: (key: ViewKey) => void): (() => void) | undefined {
  const { stdin } = process;
  if (!stdin.isTTY) return undefined;
  const onData = (data: string): void => {
    if (data.includes(CTRL_C)) process.kill(process.pid, 'SIGINT');
    else if (data.includes(CTRL_BACKSLASH)) quit();
    else if (data.includes(CTRL_Z)) suspend();
    else {
      const key = readKey(data);
      if (key !== undefined) onKey(key);
    }
  };
  const quit = (): void => {
    stdin.setRawMode(false);
    process.kill(process.pid, 'SIGQUIT');
  };
  const suspend = (): void => {
    stdin.setRawMode(false);
    process.once('SIGCONT', () => stdin.setRawMode(true));
    // To the whole foreground group, as the terminal does it: the launcher in front has to stop too.
    process.kill(0, 'SIGTSTP');
  };
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    stdin.off('data', onData);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
