import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import type { Counted, CountingOrder, CountingReply } from '../tokenizers/counting.ts';

/** A counting thread, seen from here. One order at a time. */
export interface CountingThread {
  /** Rejects with TOKENIZER_* when there is no such tokenizer, with COUNTING_FAILED when the thread died or was ended. */
  count(order: CountingOrder): Promise<Counted>;
  /** Ends it at once, whatever it is doing. */
  end(): Promise<void>;
}

/** `threadUrl` is the file of the thread's composition root. */
export function startCountingThread(threadUrl: URL): CountingThread {
  const worker = new Worker(threadUrl, { name: 'counting' });
  let waiting: { resolve: (counted: Counted) => void; reject: (error: AppError) => void } | undefined;
  let death: AppError | undefined;
  const die = (reason: string, cause?: unknown): void => {
    death ??= new AppError('COUNTING_FAILED', { reason }, { cause });
    waiting?.reject(death);
  };
  worker.on('message', (reply: CountingReply) => {
    if (reply.type === 'counted') waiting?.resolve(reply);
    else waiting?.reject(new AppError(reply.code, reply.details));
  });
  worker.on('error', (error) => die(error instanceof Error ? error.message : String(error), error));
  worker.on('exit', (code) => die(`the counting thread exited with code ${code}`));
  return {
    async count(order) {
      if (death !== undefined) throw death;
      return await new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        worker.postMessage(order);
      });
    },
    async end() {
      die('it was ended');
      await worker.terminate();
    },
  };
}
