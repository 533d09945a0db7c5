import type { Clock } from '../clock.ts';
import type { Origin, TransportError } from '../model/exchange.ts';
import type { Connection as ConnectionPhases } from '../model/record.ts';
import type { Milliseconds } from '../model/units.ts';
import { createReadBuffer, openConnection } from './connection.ts';

/** How opening one connection went. */
export type Probe =
  | { readonly kind: 'open'; readonly phases: ConnectionPhases }
  | { readonly kind: 'failed'; readonly error: Pick<TransportError, 'kind' | 'message'> };

/** Opens one connection and closes it: DNS, TCP and TLS, and not a byte of a request. Never rejects. */
export function probeConnection(origin: Origin, clock: Clock, timeoutMs: Milliseconds): Promise<Probe> {
  const { promise, resolve } = Promise.withResolvers<Probe>();
  const connection = openConnection({
    origin,
    clock,
    protocol: 'http/1.1',
    readBuffer: createReadBuffer(),
    listener: {
      onOpen: (_, phases) => resolve({ kind: 'open', phases }),
      onRead: () => undefined,
      onClose: (_, error) =>
        resolve({ kind: 'failed', error: error ?? { kind: 'closed', message: 'the other side closed it' } }),
    },
  });
  const cancel = clock.after(timeoutMs, () =>
    resolve({ kind: 'failed', error: { kind: 'connect', message: `no connection within ${timeoutMs / 1_000} s` } }),
  );
  return promise.finally(() => {
    cancel();
    connection.destroy();
  });
}
