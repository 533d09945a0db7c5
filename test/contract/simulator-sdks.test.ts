/** The simulator against the providers' own clients: what it writes must be what they read. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelWithResponseStreamCommand,
  ModelStreamErrorException,
  ThrottlingException,
} from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { DEFAULT_OPTIONS } from '../../src/simulator/options.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { sdkCodec, sdkHttpHandler } from '../support/aws-sdk.ts';
import { ask, CHAT } from '../support/raw-client.ts';

const KEY = 'test-key';
const FAST = 'ttft=1; token-delay=0; tokens=4';
const SAID = /^r\d+( \S+){3}$/;
let simulator: Simulator;
let origin: string;

before(async () => {
  simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, apiKey: KEY });
  origin = `http://127.0.0.1:${simulator.port}`;
});
after(() => simulator.close());

function simulate(settings: string): Readonly<Record<string, string>> {
  return { 'x-simulate': `${FAST}; ${settings}` };
}

describe('the client of OpenAI', () => {
  const client = (settings: string): OpenAI =>
    new OpenAI({ apiKey: KEY, baseURL: `${origin}/v1`, maxRetries: 0, defaultHeaders: simulate(settings) });
  const messages = [{ role: 'user', content: 'three small words' }] as const;
  const parameters = { type: 'object', properties: {} } as const;
  const tools = [{ type: 'function', function: { name: 'look_up', parameters } }] as const;

  test('reads a chat: text, a call, the usage', async () => {
    const said = client('reasoning-tokens=2; cached-tokens=1').chat.completions.stream({
      model: 'm',
      messages: [...messages],
      stream_options: { include_usage: true },
    });
    const { choices, usage } = await said.finalChatCompletion();
    assert.match(choices[0]?.message.content ?? '', SAID);
    assert.deepEqual(
      [choices[0]?.finish_reason, usage?.completion_tokens, usage?.completion_tokens_details?.reasoning_tokens],
      ['stop', 6, 2],
    );
    const called = client('answer=tool-call').chat.completions.stream({
      model: 'm',
      messages: [...messages],
      tools: [...tools],
    });
    const [call] = (await called.finalChatCompletion()).choices[0]?.message.tool_calls ?? [];
    assert.equal(call?.type === 'function' && call.function.name, 'look_up');
    assert.match(call?.type === 'function' ? JSON.parse(call.function.arguments).text : '', /^r\d+ /);
  });

  test('reads completions', async () => {
    const request = { model: 'm', prompt: 'three small words', max_tokens: 2 };
    const { choices, usage } = await client('').completions.create(request);
    assert.deepEqual([choices[0]?.finish_reason, usage?.total_tokens], ['length', 5]);
  });

  test('reads a response: items, parts and their text', async () => {
    const stream = client('reasoning-tokens=2').responses.stream({ model: 'm', input: 'three small words' });
    const response = await stream.finalResponse();
    assert.match(response.output_text, SAID);
    assert.deepEqual(
      response.output.map(({ type }) => type),
      ['reasoning', 'message'],
    );
    assert.equal(response.usage?.output_tokens, 6);
    const tool = { type: 'function', name: 'look_up', parameters, strict: false } as const;
    const called = client('answer=tool-call').responses.stream({ model: 'm', input: 'hi', tools: [tool] });
    const [item] = (await called.finalResponse()).output;
    assert.equal(item?.type === 'function_call' && item.name, 'look_up');
  });

  test('knows the errors', async () => {
    const limited = client('fault=429').chat.completions.create({ model: 'm', messages: [...messages] });
    await assert.rejects(limited, OpenAI.RateLimitError);
    const failed = client('fault=error-event').chat.completions.stream({ model: 'm', messages: [...messages] });
    await assert.rejects(failed.finalChatCompletion(), /Simulated failure/);
    assert.equal((await client('').models.list()).data[0]?.id, 'simulated');
  });
});

describe('the client of Anthropic', () => {
  const client = (settings: string): Anthropic =>
    new Anthropic({ apiKey: KEY, baseURL: origin, maxRetries: 0, defaultHeaders: simulate(settings) });
  const request = {
    model: 'm',
    max_tokens: 50,
    messages: [{ role: 'user' as const, content: 'three small words' }],
  };

  test('reads a message: a thought, text, a call, the usage', async () => {
    const said = await client('reasoning-tokens=2; cached-tokens=1').messages.stream(request).finalMessage();
    const [thought, text] = said.content;
    assert.equal(thought?.type, 'thinking');
    assert.match(text?.type === 'text' ? text.text : '', SAID);
    const { stop_reason: reason, usage } = said;
    assert.deepEqual(
      [reason, usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens],
      ['end_turn', 2, 1, 6],
    );
    const tools = [{ name: 'look_up', input_schema: { type: 'object' as const } }];
    const called = await client('answer=tool-call')
      .messages.stream({ ...request, tools })
      .finalMessage();
    const [call] = called.content;
    assert.match(call?.type === 'tool_use' ? (call.input as { text: string }).text : '', /^r\d+ /);
  });

  test('knows the errors', async () => {
    await assert.rejects(client('fault=429').messages.create(request), Anthropic.RateLimitError);
    await assert.rejects(client('fault=error-event').messages.stream(request).finalMessage(), /overloaded_error/);
    assert.equal((await client('').models.list()).data[0]?.id, 'simulated');
  });
});

describe('the client of Google', () => {
  const client = (settings: string): GoogleGenAI =>
    new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: origin, headers: simulate(settings) } });

  test('reads what is generated: a thought, text, a call, the usage', async () => {
    const request = { model: 'm', contents: 'three small words' };
    let text = '';
    let counts: readonly unknown[] = [];
    for await (const part of await client('reasoning-tokens=2').models.generateContentStream(request)) {
      text += part.text ?? '';
      counts = [part.usageMetadata?.candidatesTokenCount, part.usageMetadata?.thoughtsTokenCount];
    }
    assert.match(text, SAID);
    assert.deepEqual(counts, [4, 2]);
    const config = { tools: [{ functionDeclarations: [{ name: 'look_up' }] }] };
    const called = await client('answer=tool-call').models.generateContent({ ...request, config });
    assert.equal(called.functionCalls?.[0]?.name, 'look_up');
    await assert.rejects(client('fault=503').models.generateContent(request), /UNAVAILABLE/);
  });
});

describe("Amazon's client", () => {
  const client = (settings: string): BedrockRuntimeClient => {
    const made = new BedrockRuntimeClient({
      endpoint: origin,
      region: 'us-east-1',
      credentials: { accessKeyId: KEY, secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: sdkHttpHandler(),
    });
    made.middlewareStack.add(
      (next) => (args) => {
        Object.assign((args.request as { headers: object }).headers, simulate(settings));
        return next(args);
      },
      { step: 'build' },
    );
    return made;
  };
  const request = {
    modelId: 'us.anthropic.claude-x:0',
    messages: [{ role: 'user' as const, content: [{ text: 'three small words' }] }],
  };

  test('reads Converse: every sum is right, and so are text, call and usage', async () => {
    const { stream = [] } = await client('reasoning-tokens=2; cached-tokens=1').send(
      new ConverseStreamCommand(request),
    );
    let text = '';
    const seen: unknown[] = [];
    for await (const event of stream) {
      text += event.contentBlockDelta?.delta?.text ?? '';
      if (event.messageStop !== undefined) seen.push(event.messageStop.stopReason);
      if (event.metadata !== undefined)
        seen.push(event.metadata.usage?.inputTokens, event.metadata.usage?.outputTokens);
    }
    assert.match(text, SAID);
    assert.deepEqual(seen, ['end_turn', 2, 6]);
    const toolSpec = { name: 'look_up', inputSchema: { json: {} } };
    const called = await client('answer=tool-call').send(
      new ConverseCommand({ ...request, toolConfig: { tools: [{ toolSpec }] } }),
    );
    assert.equal(called.output?.message?.content?.[0]?.toolUse?.name, 'look_up');
  });

  test("reads the makers' own words", async () => {
    const body = JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 50,
      messages: [{ role: 'user', content: 'hi' }],
    });
    const command = new InvokeModelWithResponseStreamCommand({ modelId: 'anthropic.claude-x', body });
    const { body: stream = [] } = await client('').send(command);
    const types: string[] = [];
    for await (const { chunk } of stream) types.push(JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()).type);
    assert.deepEqual([types[0], types.at(-1), types.length], ['message_start', 'message_stop', 9]);
  });

  test('knows the errors', async () => {
    await assert.rejects(client('fault=429').send(new ConverseCommand(request)), ThrottlingException);
    const { stream = [] } = await client('fault=error-event').send(new ConverseStreamCommand(request));
    await assert.rejects(async () => {
      for await (const _ of stream);
    }, ModelStreamErrorException);
  });

  test("its codec reads SageMaker's slices, which are the container's stream", async () => {
    const { bytes } = await ask({
      port: simulator.port,
      path: '/endpoints/e/invocations-response-stream',
      headers: { authorization: `Bearer ${KEY}`, ...simulate('') },
      body: CHAT,
    });
    const codec = sdkCodec();
    let stream = '';
    for (let start = 0; start < bytes.length; ) {
      const end = start + bytes.readUInt32BE(start);
      const { headers, body } = codec.decode(bytes.subarray(start, end));
      assert.equal(headers[':event-type']?.value, 'PayloadPart');
      stream += Buffer.from(body).toString('latin1');
      start = end;
    }
    assert.match(stream, /^data: \{"id":"chatcmpl-sim-\d+",[^\n]*\n\n(data: \{[^\n]*\n\n)+data: \[DONE\]\n\n$/);
  });
});
