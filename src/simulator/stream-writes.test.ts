import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, chunksOf, type RawAnswer, RawExchange, textOf } from '../../test/support/raw-client.ts';
import { answerEvents } from './answer-events.ts';
import { planAnswer } from './answer-tokens.ts';
import { fixed } from './distribution.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { openaiChat } from './shapes/openai-chat.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import { SPLIT_DELAY_MS, streamWrites } from './stream-writes.ts';

const FAST = 'ttft=2; token-delay=1; tokens=6';
let simulator: Simulator;

before(async () => {
  simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true });
});
after(() => simulator.close());

async function framed(settings: string): Promise<RawAnswer> {
  return await ask({ port: simulator.port, headers: { 'x-simulate': `${FAST}; framing=${settings}` } });
}

/** Role, six tokens, finish, usage and [DONE]. */
const EVENT_COUNT = 10;

test('lf: one data line and one empty line an event', async () => {
  const { body } = await framed('lf');
  const events = body.split('\n\n');
  assert.equal(events.pop(), '');
  assert.equal(events.length, EVENT_COUNT);
  for (const event of events) assert.match(event, /^data: (\{.*\}|\[DONE\])$/);
});

test('crlf and cr: the same events with other line ends', async () => {
  const { body: crlf } = await framed('crlf');
  assert.equal(crlf.match(/\r\n\r\n/g)?.length, EVENT_COUNT);
  assert.doesNotMatch(crlf, /[^\r]\n|\r[^\n]/);
  const { body: cr } = await framed('cr');
  assert.equal(cr.match(/\r\r/g)?.length, EVENT_COUNT);
  assert.doesNotMatch(cr, /\n/);
});

test('comments: one comes with the headers before anything is due, and one between any two events', async () => {
  const exchange = new RawExchange({
    port: simulator.port,
    headers: { 'x-simulate': 'ttft=80; role-delay=80; tokens=6; token-delay=1; framing=comments' },
  });
  await exchange.until('\r\n\r\n');
  assert.match(Buffer.concat(exchange.reads).toString(), /\r\n\r\ne\r\n: keep-alive\n\n\r\n$/);
  const { body } = await exchange.answer();
  assert.equal(body.match(/^: keep-alive$/gm)?.length, EVENT_COUNT);
});

test('no-space: nothing between the colon and the data', async () => {
  const { body } = await framed('no-space');
  assert.equal(body.match(/^data:[{[]/gm)?.length, EVENT_COUNT);
});

test('multi-data: the lines of an event joined by newlines are its JSON', async () => {
  const { body } = await framed('multi-data');
  const events = body.split('\n\n').filter((event) => event.includes('data: {'));
  assert.equal(events.length, EVENT_COUNT - 1);
  for (const event of events) {
    const lines = event.split('\n').map((line) => line.replace(/^data: /, ''));
    assert.equal(lines.length, 3);
    assert.equal(JSON.parse(lines.join('\n')).object, 'chat.completion.chunk');
  }
});

test('bom: one byte order mark, at the very start', async () => {
  const { body } = await framed('bom');
  assert.ok(body.startsWith('\uFEFFdata: '));
  assert.equal(body.lastIndexOf('\uFEFF'), 0);
});

test('no-done: the body ends properly after the usage', async () => {
  const answer = await framed('no-done');
  assert.doesNotMatch(answer.body, /DONE/);
  assert.equal(answer.isWhole, true);
  assert.equal(chunksOf(answer).at(-1)?.usage?.completion_tokens, 6);
});

test('no-final-newline: the last byte belongs to the last event', async () => {
  assert.match((await framed('no-final-newline')).body, /\n\ndata: \[DONE\]$/);
  assert.match((await framed('no-final-newline,no-done,crlf')).body, /"completion_tokens":6,.*\}$/);
});

test('event-names: each event has a name and an id', async () => {
  const { body } = await framed('event-names');
  assert.equal(body.match(/^event: message\nid: \d+-\d+\ndata: /gm)?.length, EVENT_COUNT);
});

test('split-utf8: a read ends inside a character, and the rest comes later', async () => {
  const exchange = new RawExchange({
    port: simulator.port,
    headers: { 'x-simulate': 'ttft=5; token-delay=20; tokens=6; framing=split-utf8' },
  });
  const answer = await exchange.answer();
  const cutReads = exchange.reads.filter((read) => read.toString('utf8').includes('\uFFFD'));
  assert.ok(cutReads.length >= 2, 'words are cut into two reads that are no UTF-8 alone');
  assert.doesNotMatch(answer.body, /\uFFFD/);
  const truth = simulator.truth.at(-1);
  // 5 + 20 for the second token, and its completing half so much later.
  assert.equal(Math.round((truth?.writeDueAtMs[1] ?? 0) - (truth?.receivedAtMs ?? 0)), 25 + SPLIT_DELAY_MS);
});

test('bytes: the body is the same, though written byte by byte', async () => {
  const answer = await framed('bytes');
  assert.equal(chunksOf(answer).length, EVENT_COUNT - 1);
  assert.equal(simulator.truth.at(-1)?.outputTokens, 6);
});

test('coalesced: K events a write, due with the last of them', async () => {
  const answer = await framed('coalesced; coalesce=4');
  assert.equal(chunksOf(answer).length, EVENT_COUNT - 1);
  const truth = simulator.truth.at(-1);
  // Four tokens; then two tokens with finish and usage; then [DONE]. Due with token 4 at 2 + 3, and token 6 at 2 + 5.
  assert.deepEqual(truth?.writeTokens, [4, 2]);
  assert.deepEqual(
    truth?.writeDueAtMs.map((dueAtMs) => Math.round(dueAtMs - truth.receivedAtMs)),
    [5, 7],
  );
});

test('without combinations or deviations the text is the same in every framing', async () => {
  for (const framing of ['lf', 'bytes', 'coalesced', 'split-utf8', 'no-done', 'comments', 'event-names']) {
    const answer = await framed(framing);
    assert.match(textOf(answer), new RegExp(`^r${simulator.truth.at(-1)?.n}( \\S+){5}$`), framing);
  }
});

test('each token is one write, and one chunk of HTTP', () => {
  const options = { ...DEFAULT_OPTIONS, tokens: fixed(5), ttft: fixed(10), tokenDelay: fixed(3) };
  const plan = planAnswer({
    requestNumber: 1,
    seed: 1,
    options,
    maxTokens: undefined,
    toolName: undefined,
    isEmpty: false,
    isOverLimit: false,
    hasReasoning: true,
    isCallWhole: false,
  });
  const asked = {
    model: 'm',
    wantsStream: true,
    hasStreamOptions: true,
    wantsUsage: true,
    maxTokens: undefined,
    toolName: undefined,
    inputTokens: 1,
  };
  const answer = { plan, asked, model: 'm', createdAtMs: 0 };
  const writes = [
    ...streamWrites(answerEvents(answer, openaiChat.createWriter(answer)), {
      head: 'HEAD\r\n\r\n',
      wire: openaiChat.wire,
      keepAlive: openaiChat.keepAlive,
      framing: options.framing,
      coalesce: 4,
      isChunked: true,
      requestNumber: 1,
    }),
  ];
  assert.deepEqual(
    writes.map(({ tokens, dueMs }) => [tokens, dueMs]),
    [
      // Head with role, five tokens, finish, usage, [DONE] with the last chunk.
      [0, 0],
      [1, 10],
      [1, 13],
      [1, 16],
      [1, 19],
      [1, 22],
      [0, 22],
      [0, 22],
      [0, 22],
    ],
  );
  for (const { bytes } of writes.slice(1, -1)) {
    const [, size, payload = ''] = /^([0-9a-f]+)\r\n(data: [^\n]*\n\n)\r\n$/.exec(bytes.toString()) ?? [];
    assert.equal(Number.parseInt(size ?? '', 16), Buffer.byteLength(payload));
  }
  assert.match(writes.at(0)?.bytes.toString() ?? '', /^HEAD\r\n\r\n[0-9a-f]+\r\ndata: .*"role"/);
  assert.match(writes.at(-1)?.bytes.toString() ?? '', /^e\r\ndata: \[DONE\]\n\n\r\n0\r\n\r\n$/);
});
