/** Prompts with tools, from a file to the wire and back. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder, requestsOf, runCli } from '../support/cli.ts';
import { startCapture, startEndpoint } from '../support/simulator.ts';

const FILE = join(import.meta.dirname, '../../examples/tools.jsonl');

test('tools of a prompt file are sent, and the calls of an answer are measured and kept', async () => {
  const call = { id: 'c', type: 'function', function: { name: 'weather', arguments: '' } };
  const chunks = [
    { choices: [{ delta: { tool_calls: [{ index: 0, ...call }] } }] },
    { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{"city":"Ulm"}' } }] } }] },
    { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
  ];
  using folder = makeFolder();
  await using capture = await startCapture((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`);
  });
  const { stdout, code } = await runCli(argsFor(capture.url, '--save-text', '--include', 'requests'), {
    cwd: folder.path,
  });
  assert.equal(code, 0);
  const bodies = capture.requests.map(({ body }) => body);
  assert.deepEqual(
    bodies.map(({ tools, tool_choice: choice }) => [(tools as readonly unknown[]).length, choice]),
    [
      [1, 'auto'],
      [1, undefined],
    ],
  );
  const history = bodies[1]?.['messages'] as readonly { readonly role: string }[] | undefined;
  const roles = history?.map(({ role }) => role);
  assert.deepEqual(roles, ['user', 'assistant', 'tool']);
  const [first, second] = requestsOf(JSON.parse(stdout));
  assert.deepEqual([first?.finishReason, first?.text?.answer], ['tool_calls', 'weather{"city":"Ulm"}']);
  assert.deepEqual(
    first?.events.map(({ kind }) => kind),
    ['tool-name', 'tool-arguments'],
  );
  assert.match(second?.text?.prompt ?? '', /weather\(\{"city": "Ulm"\}\)/);
});

describe('a simulated model that calls a tool', { concurrency: 3 }, () => {
  for (const [id, path, ...more] of [
    ['openai-chat', '/v1'],
    ['openai-responses', '/v1/responses'],
    ['anthropic-messages', '/v1/messages'],
    ['gemini', '/v1beta'],
    ['ollama', '/api/chat'],
    ['cohere', '/v2'],
    ['bedrock-converse', '/model/x/converse-stream'],
    ['bedrock-invoke', '/model/x/invoke'],
    ['sagemaker-chat', '/endpoints/x/invocations'],
    ['watsonx', '/ml/v1/text/chat_stream', '--param', 'project_id=p'],
  ] as const) {
    test(`is understood by ${id}, with and without calls before`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint({ answer: 'tool-call', tokens: '4' });
      const url = `http://127.0.0.1:${endpoint.port}${path}`;
      const args = argsFor(url, '--dialect', id, '--save-text', '--include', 'requests', ...more);
      const { stdout, stderr, code } = await runCli(args, { cwd: folder.path });
      assert.equal(code, 0, stderr);
      for (const { outcome, finishReason, events, text } of requestsOf(JSON.parse(stdout))) {
        assert.deepEqual([outcome, finishReason, events[0]?.kind], ['completed', 'tool_calls', 'tool-name']);
        assert.match(text?.answer ?? '', /^weather\{.*\}$/s);
      }
    });
  }
});

test('a route without tools is told before anything is sent', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint();
  const { code, stderr } = await runCli(argsFor(`${endpoint.url}/completions`), { cwd: folder.path });
  assert.deepEqual([code, endpoint.received()], [2, 0]);
  assert.match(stderr, /^error: openai-completions has no tools, but weather wants them of m/);
});

function argsFor(url: string, ...more: readonly string[]): readonly string[] {
  return [
    ...['run', '--endpoint', url, '--model', 'm', '--prompt-file', FILE, '--warmup', '0', '--no-save', '-n', '2'],
    ...['--concurrency', '1', '--output', 'json', '--no-progress', ...more],
  ];
}
