/** A wire tap: what an endpoint really answers, whatever the client makes of it. */
import { connect, type Socket } from 'node:net';
import { type RawServer, startRawServer } from './raw-server.ts';

export interface Tap extends AsyncDisposable {
  readonly url: string;
  /** All bytes that were answered, a text for each connection, in their order. */
  answers(): readonly string[];
}

/** Passes every byte on to a server on this machine and back. */
export async function tapEndpoint(port: number): Promise<Tap> {
  const answered: Buffer[][] = [];
  const upstreams: Socket[] = [];
  const server: RawServer = await startRawServer((socket, place) => {
    const upstream = connect(port, '127.0.0.1');
    upstreams.push(upstream);
    upstream.on('error', () => socket.destroy());
    const pieces: Buffer[] = [];
    answered[place] = pieces;
    upstream.on('data', (piece: Buffer) => pieces.push(piece));
    socket.pipe(upstream).pipe(socket);
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    answers: () => answered.map((pieces) => Buffer.concat(pieces).toString('utf8')),
    async [Symbol.asyncDispose]() {
      for (const upstream of upstreams) upstream.destroy();
      await server.close();
    },
  };
}

/** Reasoning and content of each streamed chat completion on a connection, joined from its chunks. */
export function answersOf(connection: string): readonly { readonly reasoning: string; readonly content: string }[] {
  const byId = new Map<string, { reasoning: string; content: string }>();
  for (const [, json = ''] of connection.matchAll(/^data: (\{.*\})\r?$/gm)) {
    const chunk = JSON.parse(json) as {
      readonly id: string;
      readonly choices: readonly {
        readonly delta?: { readonly content?: string; readonly reasoning_content?: string };
      }[];
    };
    const answer = byId.get(chunk.id) ?? { reasoning: '', content: '' };
    answer.reasoning += chunk.choices[0]?.delta?.reasoning_content ?? '';
    answer.content += chunk.choices[0]?.delta?.content ?? '';
    byId.set(chunk.id, answer);
  }
  return [...byId.values()];
}
