import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ask, CHAT, chunksOf, type RawAnswer, RawExchange, textOf } from '../../test/support/raw-client.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const FAST = 'ttft=2; token-delay=1; tokens=8';
let simulator: Simulator;

before(async () => {
  simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true });
});
after(() => simulator.close());

function open(settings: string, body: unknown = CHAT): RawExchange {
  return new RawExchange({ port: simulator.port, headers: { 'x-simulate': `${FAST}; ${settings}` }, body });
}

async function suffer(fault: string, body?: unknown): Promise<RawAnswer> {
  return await open(`fault=${fault}`, body).answer();
}

function errorOf(answer: RawAnswer): { type: string; code: string | null } {
  return JSON.parse(answer.body).error;
}

function contentChunkCount(answer: RawAnswer): number {
  return textOf(answer).split(' ').length;
}

const REFUSALS = [
  ['400', 400, null],
  ['401', 401, 'invalid_api_key'],
  ['402', 402, 'insufficient_balance'],
  ['403', 403, 'permission_denied'],
  ['404', 404, 'model_not_found'],
  ['429', 429, 'rate_limit_exceeded'],
  ['500', 500, null],
  ['503', 503, 'service_unavailable'],
  ['529', 529, null],
  ['quota', 429, 'insufficient_quota'],
  ['context-length', 400, 'context_length_exceeded'],
  ['content-filter', 400, 'content_filter'],
] as const;

test('each refusal has its status and code, and Retry-After where a retry makes sense', async () => {
  for (const [fault, status, code] of REFUSALS) {
    const answer = await suffer(`${fault}; retry-after=7`);
    assert.deepEqual([answer.status, errorOf(answer).code, answer.isWhole], [status, code, true], fault);
    const expected = [429, 503, 529].includes(status) ? '7' : undefined;
    assert.equal(answer.headers.get('retry-after'), expected, fault);
  }
});

test('a 502 has a body of HTML', async () => {
  const answer = await suffer('502');
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get('content-type'), 'text/html');
  assert.match(answer.body, /^<html>/);
});

test('a status of the header needs no fault of its own', async () => {
  const answer = await open('status=418; retry-after=2').answer();
  assert.equal(answer.status, 418);
  assert.equal(simulator.truth.at(-1)?.fault, 'status-418');
});

test('reset: half of the tokens, then a TCP reset', async () => {
  const answer = await suffer('reset');
  assert.deepEqual([answer.ending, answer.isWhole, contentChunkCount(answer)], ['reset', false, 4]);
  assert.equal(simulator.truth.at(-1)?.outputTokens, 4);
});

test('reset-before: a TCP reset and not one byte', async () => {
  const answer = await suffer('reset-before');
  assert.deepEqual([answer.ending, answer.status], ['reset', 0]);
  assert.equal(simulator.truth.at(-1)?.headersAtMs, null);
});

test('close: half of the tokens, then an orderly end of the connection in the midst of the body', async () => {
  const answer = await suffer('close');
  assert.deepEqual([answer.ending, answer.isWhole, contentChunkCount(answer)], ['fin', false, 4]);
});

test('truncate: the body ends properly, but without finish chunk and [DONE]', async () => {
  const answer = await suffer('truncate');
  assert.deepEqual([answer.isWhole, contentChunkCount(answer)], [true, 4]);
  assert.doesNotMatch(answer.body, /DONE|"finish_reason":"/);
});

test('error-event: half of the tokens, an error as data, then [DONE]', async () => {
  const answer = await suffer('error-event');
  assert.equal(contentChunkCount({ ...answer, body: answer.body.replace(/data: \{"error.*\n/, '') }), 4);
  assert.match(answer.body, /\n\ndata: \{"error":\{[^\n]*\}\n\ndata: \[DONE\]\n\n$/);
  assert.equal(answer.isWhole, true);
});

test('error-field: an error in a field of that name, then [DONE]', async () => {
  const answer = await suffer('error-field');
  assert.match(answer.body, /\n\nerror: \{"error":\{[^\n]*\}\n\ndata: \[DONE\]\n\n$/);
  assert.equal(contentChunkCount(answer), 4);
});

test('error-json: status 200 and an error instead of a stream', async () => {
  const answer = await suffer('error-json');
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, 'application/json']);
  assert.equal(errorOf(answer).type, 'server_error');
});

test('malformed: one data line that is not JSON amid a stream that is otherwise whole', async () => {
  const answer = await suffer('malformed');
  const lines = answer.body.split('\n').filter((line) => line.startsWith('data: {'));
  const broken = lines.filter((line) => !line.endsWith('}'));
  assert.deepEqual([broken.length, lines.indexOf(broken[0] ?? '')], [1, 5], 'after the role and four of eight tokens');
  assert.equal(lines.length, 1 + 8 + 1 + 2, 'role, tokens, the broken one, finish and usage');
  assert.match(answer.body, /data: \[DONE\]\n\n$/);
});

test('empty: role, finish, usage of no tokens, and no content', async () => {
  const answer = await suffer('empty');
  const chunks = chunksOf(answer);
  assert.equal(chunks.length, 3);
  assert.equal(textOf(answer), '');
  assert.equal(chunks.at(-1)?.usage?.completion_tokens, 0);
});

test('stall, stall-before and no-headers stay open while a later and longer request is answered', async () => {
  const stalled = [open('fault=stall'), open('fault=stall-before'), open('fault=no-headers')];
  const [half, headers, nothing] = stalled;
  let endings = 0;
  for (const exchange of stalled) exchange.ended.then(() => (endings += 1));
  await half?.until('\r\n\r\n');
  await headers?.until('\r\n\r\n');
  // Due far later than anything the three would send if they did not stall.
  await open('tokens=40').answer();
  const received = stalled.map(({ reads }) => Buffer.concat(reads).toString());
  assert.equal(received[0]?.match(/"content":"[^"]/g)?.length, 4);
  assert.match(received[1] ?? '', /\r\n\r\n$/);
  assert.equal(received[2], '');
  assert.equal(endings, 0);
  const before = simulator.truth.length;
  for (const exchange of stalled) exchange.leave();
  // The server notices the departures before it answers a request that came after them.
  while (simulator.truth.length < before + 4) await open('tokens=1').answer();
  const faults = simulator.truth.filter(({ outcome }) => outcome === 'fault').map(({ fault }) => fault);
  for (const fault of ['stall', 'stall-before', 'no-headers']) assert.ok(faults.includes(fault), fault);
  assert.equal(nothing?.reads.length, 0);
});

test('slow-end: [DONE] comes at once, the end of the body as much later as asked', async () => {
  const exchange = open('fault=slow-end; slow-end=60ms');
  await exchange.until('[DONE]');
  assert.ok(!Buffer.concat(exchange.reads).includes('0\r\n\r\n'));
  assert.equal((await exchange.answer()).isWhole, true);
  const truth = simulator.truth.at(-1);
  // Against the due time: the last token's write may itself have been late. A microsecond for the sums of floats.
  assert.ok((truth?.endedAtMs ?? 0) - (truth?.writeDueAtMs.at(-1) ?? 0) > 59.999);
});

test('without a stream, the cutting faults cut the body', async () => {
  const whole = { ...CHAT, stream: false };
  const reset = await suffer('reset', whole);
  assert.deepEqual([reset.ending, reset.isWhole, reset.body.length > 0], ['reset', false, true]);
  const closed = await suffer('close', whole);
  assert.deepEqual([closed.ending, closed.isWhole], ['fin', false]);
  const malformed = await suffer('malformed', whole);
  assert.equal(malformed.isWhole, true);
  assert.throws(() => JSON.parse(malformed.body), SyntaxError);
  assert.equal(errorOf(await suffer('error-event', whole)).type, 'server_error');
});

test('faults by number strike these requests only, and the header wins over them', async () => {
  const faults = [{ kind: '500', requests: [2, 3] }] as const;
  const own = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, faults, keepTruth: true });
  const statuses: number[] = [];
  for (const settings of [FAST, FAST, `${FAST}; fault=none`, FAST]) {
    statuses.push((await ask({ port: own.port, headers: { 'x-simulate': settings } })).status);
  }
  await own.close();
  assert.deepEqual(statuses, [200, 500, 200, 200]);
  assert.deepEqual(
    own.truth.map(({ fault, outcome }) => [fault, outcome]),
    [
      [null, 'sent'],
      ['500', 'fault'],
      [null, 'sent'],
      [null, 'sent'],
    ],
  );
});
