// The child's side of bin/llm-bench.js: with an old Node the launcher stays in front, and signals for us may reach only it.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type InterruptSignal = (typeof SIGNALS)[number];

/**
 * Interrupts of this process so far. Ctrl-C in a terminal reaches launcher and child, `kill` only one of them: direct
 * and forwarded ones are counted apart, and the larger number holds. They belong to the process and not to a listener,
 * for the forwarded twin of a Ctrl-C may come when the listener that acted on it has stopped.
 */
const seen = { direct: 0, forwarded: 0 };

const listeners = new Set<() => void>();
let isReceiving = false;
let isTiedToParent = false;

/**
 * Calls back with the number of interrupts since the call, from 1, whenever it rises; SIGTERM and SIGHUP count like Ctrl-C.
 * Until the returned stopper is called no signal ends the process by itself.
 */
export function listenForInterrupts(onInterrupt: (count: number) => void): () => void {
  const before = interruptCount();
  let reported = 0;
  const report = (): void => {
    const count = interruptCount() - before;
    if (count <= reported) return;
    reported = count;
    onInterrupt(count);
  };
  if (listeners.size === 0) for (const signal of SIGNALS) process.on(signal, onSignal);
  listeners.add(report);
  receiveForwarded();
  return () => {
    if (listeners.delete(report) && listeners.size === 0) for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

/**
 * Ties this process to its launcher: when that is gone, even by SIGKILL, this one ends at once and cleans nothing up.
 * A signal the launcher forwards while nobody listens does what it would have done here: it ends the process.
 * Does nothing unless the launcher started this process (`isLaunched`), and never keeps it alive.
 */
export function dieWithParent(isLaunched: boolean): void {
  // Undefined: there never was a channel, so the mark of the launcher is one that a grandparent left behind.
  if (!isLaunched || process.connected === undefined) return;
  if (!process.connected) dieAtOnce();
  isTiedToParent = true;
  process.on('disconnect', dieAtOnce);
  receiveForwarded();
}

function interruptCount(): number {
  return Math.max(seen.direct, seen.forwarded);
}

function onSignal(): void {
  seen.direct += 1;
  for (const report of listeners) report();
}

function receiveForwarded(): void {
  if (isReceiving || process.channel === undefined) return;
  isReceiving = true;
  process.on('message', onMessage);
  // A listener would hold the process open for as long as the launcher lives.
  process.channel?.unref();
}

function onMessage(message: unknown): void {
  const signal = forwardedSignal(message);
  if (signal === undefined) return;
  seen.forwarded += 1;
  const isHandled = process.listenerCount(signal) > 0 || seen.forwarded <= seen.direct;
  for (const report of listeners) report();
  if (isTiedToParent && !isHandled) process.kill(process.pid, signal);
}

function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

function forwardedSignal(message: unknown): InterruptSignal | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message) || !('signal' in message))
    return undefined;
  if (message.type !== 'llm-bench:signal') return undefined;
  return SIGNALS.find((signal) => signal === message.signal);
}
