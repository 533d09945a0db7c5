// bench/native/endpoint.c on node:net, for machines without a compiler: the same flags, answers and record, but a tenth of its speed.
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    tokens: { type: 'string', default: '150' },
    'gap-us': { type: 'string', default: '20000' },
    'ttft-us': { type: 'string', multiple: true, default: ['80000'] },
    truth: { type: 'string' },
    seed: { type: 'string', default: '1' },
    firehose: { type: 'boolean', default: false },
  },
  // `--ttft-us MIN MAX`: the second is no flag's.
  allowPositionals: true,
  args: process.argv
    .slice(2)
    .map((value, place, all) => (all[place - 2] === '--ttft-us' ? `--ttft-us=${value}` : value)),
});
const tokens = Number(values.tokens);
const gapMs = Number(values['gap-us']) / 1_000;
const [ttftMinMs = 80, ttftMaxMs = ttftMinMs] = values['ttft-us'].map((value) => Number(value) / 1_000);
const WORDS = [' the', ' quick', ' brown', ' fox', ' jumps', ' over', ' a', ' lazy'];

interface Truth {
  readonly receivedAtMs: number;
  readonly writes: number[];
}

const truths: Truth[] = [];
let chance = Number(values.seed);

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Numerical Recipes' generator: any will do. */
function nextChance(): number {
  chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0;
  return chance / 2 ** 32;
}

const server = createServer((socket) => {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    const receivedAtMs = nowMs();
    pending += bytes.toString('latin1');
    for (;;) {
      const headEnd = pending.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const length = Number(/content-length: *(\d+)/i.exec(pending.slice(0, headEnd))?.[1] ?? 0);
      const end = headEnd + 4 + length;
      if (pending.length < end) return;
      answer(socket, /"stream": ?true/.test(pending.slice(headEnd, end)), receivedAtMs);
      pending = pending.slice(end);
    }
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => {
  const numbers = truths.flatMap(({ receivedAtMs, writes }, number) => [
    number,
    receivedAtMs,
    writes.length,
    ...writes,
  ]);
  if (values.truth !== undefined) writeFileSync(values.truth, Buffer.from(Float64Array.from(numbers).buffer));
  process.exit(0);
});

function answer(socket: Socket, isStream: boolean, receivedAtMs: number): void {
  const number = truths.length;
  const truth: Truth = { receivedAtMs, writes: [] };
  truths.push(truth);
  if (isStream) {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n');
    const ttftMs = ttftMinMs + nextChance() * (ttftMaxMs - ttftMinMs);
    stream(socket, { number, truth, place: 0, dueAtMs: receivedAtMs + ttftMs });
    return;
  }
  const body = `{"id":"chatcmpl-${number}","object":"chat.completion","model":"truth","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there."},"finish_reason":"stop"}],"usage":{"prompt_tokens":8,"completion_tokens":3,"total_tokens":11}}`;
  socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
}

interface Stream {
  readonly number: number;
  readonly truth: Truth;
  place: number;
  dueAtMs: number;
}

function stream(socket: Socket, one: Stream): void {
  if (values.firehose) {
    pour(socket, one);
    return;
  }
  setTimeout(
    () => {
      if (socket.destroyed) return;
      one.truth.writes.push(nowMs());
      socket.write(tokenFrame(one));
      one.dueAtMs += gapMs;
      if (one.place < tokens) stream(socket, one);
      else socket.write(endFrame(one.number));
    },
    Math.max(0, one.dueAtMs - nowMs()),
  );
}

function pour(socket: Socket, one: Stream): void {
  let isRoom = true;
  while (isRoom && one.place < tokens) {
    let frames = '';
    for (let count = 0; count < 100 && one.place < tokens; count++) frames += tokenFrame(one);
    isRoom = socket.write(frames);
  }
  if (one.place < tokens) socket.once('drain', () => pour(socket, one));
  else socket.write(endFrame(one.number));
}

function tokenFrame(one: Stream): string {
  const word = WORDS[(one.number * 7 + one.place++) % WORDS.length] ?? '';
  return chunk(one.number, `[{"index":0,"delta":{"content":"${word}"},"logprobs":null,"finish_reason":null}]`);
}

function endFrame(number: number): string {
  const finish = chunk(number, '[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}]');
  const usage = `"usage":{"prompt_tokens":8,"completion_tokens":${tokens},"total_tokens":${tokens + 8}}`;
  return `${finish}${chunk(number, `[],${usage}`)}e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n`;
}

function chunk(number: number, choices: string): string {
  const event = `data: {"id":"chatcmpl-${number}","object":"chat.completion.chunk","created":1764000000,"model":"truth-${number}","choices":${choices}}\n\n`;
  return `${event.length.toString(16)}\r\n${event}\r\n`;
}
