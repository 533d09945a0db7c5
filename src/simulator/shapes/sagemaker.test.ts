import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitAwsMessages } from '../../../test/support/aws-messages.ts';
import { type FirstAnswer, firstAnswer, withoutTimes } from '../../../test/support/first-answer.ts';
import { CHAT } from '../../../test/support/raw-client.ts';

const PROMPT = { inputs: 'three small words', parameters: { details: true } };

async function invoke(settings: string, method: string, body: unknown): Promise<FirstAnswer> {
  return await firstAnswer(settings, { path: `/endpoints/my-endpoint/${method}`, body });
}

/** The container's stream, out of its slices. */
function unwrap({ bytes }: FirstAnswer): { readonly slices: readonly string[]; readonly stream: string } {
  const parts = splitAwsMessages(bytes).filter(({ headers }) => headers[':event-type'] === 'PayloadPart');
  const slices = parts.map(({ payload }) => payload);
  return { slices: slices.map(String), stream: withoutTimes(Buffer.concat(slices).toString()) };
}

test('a chat comes in slices cut anywhere, each event in one write', async () => {
  const answer = await invoke('tokens=9', 'invocations-response-stream', CHAT);
  assert.equal(answer.headers.get('content-type'), 'application/vnd.amazon.eventstream');
  assert.equal(answer.headers.get('x-amzn-sagemaker-content-type'), 'text/event-stream');
  const direct = await firstAnswer('tokens=9', { body: { ...CHAT, model: 'my-endpoint' } });
  const { slices, stream } = unwrap(answer);
  assert.equal(stream, direct.body);
  const events = stream.split('\n\n').length - 1;
  assert.equal(slices.length, 2 * events);
  assert.ok(slices.filter((slice) => slice.endsWith('\n\n')).length <= events + 1, 'few slices end with their event');
  assert.deepEqual([answer.truth.writes.length, answer.truth.model], [9, 'my-endpoint']);
});

test('a prompt is answered as TGI does, streamed and whole', async () => {
  const tgi = await firstAnswer('', { path: '/generate_stream', body: PROMPT });
  assert.equal(unwrap(await invoke('', 'invocations-response-stream', PROMPT)).stream, tgi.body);
  const whole = await invoke('', 'invocations', PROMPT);
  assert.equal(JSON.parse(whole.body).generated_text, 'r1 under');
  assert.equal(JSON.parse((await invoke('', 'invocations', CHAT)).body).choices[0].message.content, 'r1 under');
});

test('a broken stream is an exception, a failure of the container is an event of its own', async () => {
  const broken = splitAwsMessages((await invoke('fault=error-event', 'invocations-response-stream', CHAT)).bytes).at(
    -1,
  );
  assert.deepEqual(
    [broken?.headers[':message-type'], broken?.headers[':exception-type'], String(broken?.payload)],
    ['exception', 'ModelStreamError', '{"Message":"Simulated failure in the stream","ErrorCode":"StreamBroken"}'],
  );
  const { stream } = unwrap(await invoke('fault=error-field', 'invocations-response-stream', PROMPT));
  assert.ok(stream.endsWith('data: {"error":"Simulated failure in the stream","error_type":"generation"}\n\n'));
  const refused = await invoke('fault=503', 'invocations', CHAT);
  assert.deepEqual(
    [refused.body, refused.headers.get('x-amzn-errortype')],
    ['{"Message":"The server is overloaded"}', 'ServiceUnavailable'],
  );
  assert.equal((await invoke('', 'invocations', { text: 'hi' })).status, 400);
});

test("the container's stream has its framings", async () => {
  const { stream } = unwrap(await invoke('framing=crlf,comments,no-done', 'invocations-response-stream', CHAT));
  assert.match(stream, /\r\n: keep-alive\r\n\r\ndata: \{/);
  assert.doesNotMatch(stream, /DONE/);
});
