import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FirstAnswer, firstAnswer } from '../../../test/support/first-answer.ts';

const ASKED = {
  contents: [{ role: 'user', parts: [{ text: 'three small words' }] }],
  systemInstruction: { parts: [{ text: 'be brief' }] },
  tools: [{ functionDeclarations: [{ name: 'look_up' }] }],
};
const STREAM = '/v1beta/models/m:streamGenerateContent?alt=sse';

async function generate(settings: string, path = STREAM, body: unknown = ASKED): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path, body });
}

function frame(parts: string, [candidates, thoughts, total]: readonly number[], finish = ''): string {
  const content = `"content":{"parts":[${parts}],"role":"model"}${finish}`;
  const counts = `"promptTokenCount":5,"candidatesTokenCount":${candidates},"totalTokenCount":${total}`;
  const more = thoughts === 0 ? '' : `,"thoughtsTokenCount":${thoughts}`;
  return `{"candidates":[{${content},"index":0}],"usageMetadata":{${counts}${more}},"modelVersion":"m","responseId":"sim-1"}`;
}

const STOP = ',"finishReason":"STOP"';

test('a stream has bare events with CRLF, running totals, thoughts beside the candidates and no end mark', async () => {
  const { body, truth } = await generate('reasoning-tokens=1');
  const frames = [
    frame('{"text":"under","thought":true}', [0, 1, 6]),
    frame('{"text":"r1"}', [1, 1, 7]),
    frame('{"text":" river"}', [2, 1, 8]),
    frame('{"text":""}', [2, 1, 8], STOP),
  ];
  assert.equal(body, frames.map((data) => `data: ${data}\r\n\r\n`).join(''));
  assert.deepEqual([truth.writeKinds, truth.outputTokens], [['reasoning', 'content', 'content'], 3]);
});

test('a call comes whole when its last token is due, and ends with STOP', async () => {
  const { body, truth } = await generate('answer=tool-call; tokens=3');
  const frames = [
    frame('{"functionCall":{"name":"look_up","args":{"text":"r1 under"}}}', [3, 0, 8]),
    frame('{"text":""}', [3, 0, 8], STOP),
  ];
  assert.equal(body, frames.map((data) => `data: ${data}\r\n\r\n`).join(''));
  assert.deepEqual([truth.writeTokens, truth.writeKinds], [[3], ['tool-call']]);
  assert.equal(Math.round((truth.writeDueAtMs[0] ?? 0) - truth.receivedAtMs), 4 + 2 + 2);
});

test('without alt=sse a stream is one list, and so is an error', async () => {
  const path = '/v1beta/models/m:streamGenerateContent';
  const { body, headers } = await generate('', path);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  const frames = [
    frame('{"text":"r1"}', [1, 0, 6]),
    frame('{"text":" under"}', [2, 0, 7]),
    frame('{"text":""}', [2, 0, 7], STOP),
  ];
  assert.equal(body, `[${frames.join('\n,\r\n')}]`);
  assert.equal(JSON.parse((await generate('fault=500', path)).body)[0].error.status, 'INTERNAL');
});

test('a whole answer is one such object', async () => {
  const path = '/v1beta/models/m:generateContent';
  const { body } = await generate('reasoning-tokens=1; cached-tokens=2', path, {
    ...ASKED,
    generationConfig: { maxOutputTokens: 2 },
  });
  const { candidates, usageMetadata } = JSON.parse(body);
  assert.deepEqual(candidates, [
    {
      content: { parts: [{ text: 'under', thought: true }, { text: 'r1' }], role: 'model' },
      finishReason: 'MAX_TOKENS',
      index: 0,
    },
  ]);
  assert.deepEqual(usageMetadata, {
    promptTokenCount: 5,
    candidatesTokenCount: 1,
    totalTokenCount: 7,
    cachedContentTokenCount: 2,
    thoughtsTokenCount: 1,
  });
});

test('the delay before a retry stands in the body of the error', async () => {
  const { body, headers } = await generate('fault=429; retry-after=37');
  assert.equal(
    body,
    '{"error":{"code":429,"message":"Rate limit reached","status":"RESOURCE_EXHAUSTED",' +
      '"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"37s"}]}}',
  );
  assert.equal(headers.get('retry-after'), undefined);
  const { body: stream } = await generate('fault=error-event');
  assert.ok(
    stream.endsWith(
      'data: {"error":{"code":500,"message":"Simulated failure in the stream","status":"INTERNAL"}}\r\n\r\n',
    ),
  );
});

test('the key stands in a header of its own, in the query or, on Vertex AI, with a bearer', async () => {
  const vertex = '/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent?alt=sse';
  const statuses: number[] = [];
  for (const [path, headers] of [
    [STREAM, { 'x-goog-api-key': 'k' }],
    [`${STREAM}&key=k`, {}],
    [vertex, { authorization: 'Bearer k' }],
    [STREAM, { 'x-api-key': 'k' }],
  ] as const) {
    statuses.push((await firstAnswer('', { path, headers, body: ASKED }, { apiKey: 'k' })).status);
  }
  assert.deepEqual(statuses, [200, 200, 200, 401]);
});
