/** A way to a server that can be cut: forwards bytes both ways, and breaks off where it is told to. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CutProxy extends AsyncDisposable {
  readonly port: number;
  /** How often the way was cut. */
  readonly cuts: () => number;
  /** Breaks off once that many more bytes went that way, amid a piece if need be; all of this piece's other bytes are lost. */
  cutAfter(way: 'there' | 'back', bytes: number): void;
}

export async function startCutProxy(target: { readonly host: string; readonly port: number }): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const left = { there: Number.POSITIVE_INFINITY, back: Number.POSITIVE_INFINITY };
  let cuts = 0;
  const pass = (from: Socket, to: Socket, way: 'there' | 'back'): void => {
    from.on('data', (piece: Buffer) => {
      if (piece.length < left[way]) {
        left[way] -= piece.length;
        to.write(piece);
        return;
      }
      to.write(piece.subarray(0, left[way]));
      left[way] = Number.POSITIVE_INFINITY;
      cuts += 1;
      // The other end gets what was passed on, and is then alone.
      from.destroy();
      to.end();
    });
    from.on('close', () => to.end());
    from.on('error', () => to.destroy());
  };
  const server = createServer((near) => {
    const far = connect(target);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
    pass(near, far, 'there');
    pass(far, near, 'back');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cuts: () => cuts,
    cutAfter: (way, bytes) => {
      left[way] = bytes;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
