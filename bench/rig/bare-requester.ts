// The least that a client on node:net can do for answers of known length: prebuilt bytes, one buffer, no records.
// usage: node bench/rig/bare-requester.ts PORT CONNECTIONS SECONDS; prints requests, seconds and CPU as JSON.
import { connect } from 'node:net';

const [port = 0, connections = 1, seconds = 1] = process.argv.slice(2).map(Number);
const body = '{"model":"m","messages":[{"role":"user","content":"Say hello."}],"stream":false}';
const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
const request = Buffer.from(head + body);
const buffer = Buffer.alloc(65_536);
const startMs = performance.now();
let requests = 0;

for (let index = 0; index < connections; index++) {
  // Every answer is one read here: the endpoint writes it with one call.
  const onread = {
    buffer,
    callback(): boolean {
      requests++;
      if (performance.now() - startMs < seconds * 1_000) socket.write(request);
      else socket.destroy();
      return true;
    },
  };
  const socket = connect({ port, host: '127.0.0.1', onread }, () => socket.write(request));
  socket.setNoDelay(true);
}
process.on('exit', () => {
  const wallSeconds = (performance.now() - startMs) / 1_000;
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    `${JSON.stringify({ requests, seconds: wallSeconds, cpuRatio: (user + system) / 1e6 / wallSeconds })}\n`,
  );
});
