import type { Pacer } from '../pacer.ts';

/** A fixed number of clients, each sending again as soon as it is free (k6: constant-vus). */
export function createClosedLoopPacer(concurrency: number): Pacer {
  return {
    next: ({ elapsedMs, busy }) => (busy < concurrency ? { kind: 'at', atMs: elapsedMs } : { kind: 'answer' }),
  };
}
