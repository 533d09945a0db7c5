import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TruthRecord } from '../../src/simulator/truth.ts';
import { makeFolder, runCli, runForDocument } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');

const args = (url: string, ...more: readonly string[]): readonly string[] => [
  ...['run', '--endpoint', url, '--model', 'gpt-4o', '--no-progress', '--seed', '5'],
  ...['--output', 'json', '--include', 'requests', ...more],
];

interface Body {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens?: number;
}

const bodiesOf = (truth: readonly TruthRecord[]): readonly Body[] =>
  truth.map(({ body }) => JSON.parse(body ?? '') as Body);
const promptsOf = (truth: readonly TruthRecord[]): readonly string[] =>
  bodiesOf(truth).map(({ messages }) => messages[0]?.content ?? '');
const startOf = (text: string): string => text.split(' ').slice(0, 8).join(' ');

describe('workloads', { concurrency: 2 }, () => {
  test('cold synthetic prompts share nothing but their prefixes, in one run and in two of the same seed', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ truthBodies: true });
    const shape = ['--synthetic', 'in=80±10,out=9', '--prefix-share', '0.5:2', '-n', '20', '--concurrency', '4'];
    const first = await runForDocument(args(endpoint.url, ...shape), { cwd: folder.path });
    const second = await runForDocument(args(endpoint.url, ...shape), { cwd: folder.path });
    const truth = await endpoint.settle();
    assert.equal(truth.length, 42); // A warm-up request each.
    const [before, after] = [truth.slice(0, 21), truth.slice(21)].map(promptsOf);
    // Two prefixes in each run, and others in the next.
    assert.deepEqual([new Set(before?.map(startOf)).size, new Set(after?.map(startOf)).size], [2, 2]);
    assert.equal(new Set([...(before ?? []), ...(after ?? [])].map(startOf)).size, 4);
    // Beyond the prefixes nothing is shared: at most 55 of 110 tokens are one.
    assert.equal(
      new Set([...(before ?? []), ...(after ?? [])].map((text) => text.split(' ').slice(0, 60).join(' '))).size,
      42,
    );
    assert.ok(bodiesOf(truth).every(({ max_tokens: limit }) => limit === 9));
    const lengths = (document: typeof first): unknown =>
      document.requests?.filter(({ phase }) => phase === 'measure').map(({ asked }) => asked?.inputTokens);
    // The seed draws the lengths, and not the words.
    assert.deepEqual(lengths(first), lengths(second));
    assert.equal(first.plan.cache, 'cold');
    assert.equal(first.plan.workload.source, 'synthetic in=80±10,out=9, prefix share 0.5 of 2');
  });

  test('a warm cache is warmed with the very prompts', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ truthBodies: true });
    const flags = ['--synthetic', 'in=30,prompts=4', '--cache', 'warm', '-n', '8', '--concurrency', '2'];
    const document = await runForDocument(args(endpoint.url, ...flags), { cwd: folder.path });
    const prompts = promptsOf(await endpoint.settle());
    assert.equal(prompts.length, 12);
    assert.deepEqual(new Set(prompts.slice(0, 4)), new Set(prompts.slice(4)));
    assert.equal(new Set(prompts).size, 4);
    assert.equal(document.plan.warmupRequests, 4);
  });

  test('conversations grow with the live answers, and a failed turn ends its own', async () => {
    using folder = makeFolder();
    // The warm-up is request 1; the third turn of the first conversation fails.
    await using endpoint = await startEndpoint({ truthBodies: true, tokens: '3', fault: ['500@4'] });
    const flags = ['--synthetic', 'in=20,out=9', '--turns', '3', '-n', '6', '--think-time', '20ms'];
    const document = await runForDocument(args(endpoint.url, ...flags), { cwd: folder.path });
    const truth = await endpoint.settle();
    const bodies = bodiesOf(truth);
    assert.deepEqual(
      bodies.map(({ messages }) => messages.map(({ role }) => role[0]).join('')),
      ['u', 'u', 'uau', 'uauau', 'u', 'uau', 'uauau'],
    );
    const [, , second, third] = bodies;
    // What is sent back is what the server said, and the rest is as it was.
    assert.deepEqual(third?.messages.slice(0, 3), second?.messages);
    assert.match(second?.messages[1]?.content ?? '', /^\S+ \S+ \S+/);
    assert.deepEqual(
      document.requests
        ?.filter(({ phase }) => phase === 'measure')
        .map(({ asked, outcome }) => [asked?.conversation, asked?.turn, asked?.turns, outcome]),
      [
        [1, 1, 3, 'completed'],
        [1, 2, 3, 'completed'],
        [1, 3, 3, 'failed'],
        [2, 1, 3, 'completed'],
        [2, 2, 3, 'completed'],
        [2, 3, 3, 'completed'],
      ],
    );
    assert.deepEqual(document.targets[0]?.conversations, { completed: 1, failed: 1, cut: 0 });
    const gaps = truth.slice(2, 4).map(({ receivedAtMs }, index) => receivedAtMs - (truth[1 + index]?.endedAtMs ?? 0));
    assert.ok(
      gaps.every((gap) => gap >= 19),
      `${gaps}`,
    );
  });

  test('context tiers have filler of their own in every call, and a line each', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ truthBodies: true });
    const flags = ['--prompt', 'Say hello', '--context-tiers', '0,200', '--runs', '3'];
    const document = await runForDocument(args(endpoint.url, ...flags), { cwd: folder.path });
    const prompts = promptsOf(await endpoint.settle()).slice(1);
    const filled = prompts.filter((text) => text.length > 400);
    assert.equal(new Set(filled.map(startOf)).size, 3);
    assert.ok(prompts.every((text) => text.endsWith('Say hello')));
    assert.deepEqual(
      document.targets[0]?.prompts.map(({ name, completed }) => [name, completed]),
      [
        ['0 context', 3],
        ['200 context', 3],
      ],
    );
  });

  test('a dataset says how long answers may be, and its conversations are carried on', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ truthBodies: true });
    const file = join(EXAMPLES, 'sharegpt.json');
    await runForDocument(args(endpoint.url, '--dataset', file, '--turns', '2', '--cache', 'natural'), {
      cwd: folder.path,
    });
    const bodies = bodiesOf(await endpoint.settle()).slice(1);
    assert.deepEqual(
      bodies.map(({ messages }) => messages.map(({ role }) => role[0]).join('')),
      ['u', 'uau', 'su'],
    );
    assert.equal(bodies[1]?.messages[2]?.content, 'Does the same hold for cake, with all its fat and sugar?');
    // Tokens of the recorded answers by o200k_base.
    assert.deepEqual(
      bodies.map(({ max_tokens: limit }) => limit),
      [25, 14, 18],
    );
  });

  test('a trace is sent at its times and speed, with the blocks that it shares', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ truthBodies: true });
    const file = join(EXAMPLES, 'trace-mooncake.jsonl');
    const document = await runForDocument(args(endpoint.url, '--trace', file, '--speed', '2'), { cwd: folder.path });
    const prompts = promptsOf(await endpoint.settle()).slice(1);
    const measured = document.requests?.filter(({ phase }) => phase === 'measure') ?? [];
    const [first] = measured;
    // 0, 120, 150 and 600 ms, twice as fast.
    assert.deepEqual(
      measured.map(({ scheduledAtMs }) => Math.round((scheduledAtMs ?? 0) - (first?.scheduledAtMs ?? 0))),
      [0, 60, 75, 300],
    );
    assert.deepEqual(
      measured.map(({ asked }) => [asked?.inputTokens, asked?.outputTokens]),
      [
        [700, 20],
        [1_100, 12],
        [1_400, 8],
        [300, 16],
      ],
    );
    // Words and full stops: 512 tokens are the first block, 1024 the first two.
    const tokensOf = (text: string): readonly string[] => text.match(/[a-z]+|\./g) ?? [];
    const [one = [], two = [], three = [], four = []] = prompts.map(tokensOf);
    assert.deepEqual([one.length, two.length, three.length, four.length], [700, 1_100, 1_400, 300]);
    assert.deepEqual(one.slice(0, 512), two.slice(0, 512));
    assert.deepEqual(two.slice(0, 1_024), three.slice(0, 1_024));
    assert.notDeepEqual(one.slice(512, 524), two.slice(512, 524));
    assert.notDeepEqual(two.slice(1_024, 1_036), three.slice(1_024, 1_036));
    assert.notDeepEqual(one.slice(0, 8), four.slice(0, 8));
  });

  test('an exact length is asked of servers that know it, and of no other', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ truthBodies: true });
    const flags = ['--prompt', 'Hi', '-n', '1', '--max-tokens', '7', '--output-length', 'exact'];
    const refused = await runCli(args(endpoint.url, ...flags), { cwd: folder.path });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /cannot be told to answer at an exact length: its models are owned by "simulator"/);
    const origin = endpoint.url.replace('/v1', '');
    const native = args(`${origin}/completion`, '--dialect', 'llamacpp', ...flags);
    await runForDocument(native, { cwd: folder.path });
    const bodies = (await endpoint.settle()).map(({ body }) => JSON.parse(body ?? '') as Record<string, unknown>);
    assert.ok(bodies.length > 0 && bodies.every((body) => body['ignore_eos'] === true && body['n_predict'] === 7));
  });

  test('a bad file is one error with its line', async () => {
    using folder = makeFolder();
    const file = join(folder.path, 'bad.json');
    writeFileSync(file, '[\n  {"conversations": []},\n  {"conversations": "no"}\n]');
    const { code, stderr } = await runCli(args('http://127.0.0.1:9', '--dataset', file), { cwd: folder.path });
    assert.equal(code, 2);
    assert.match(stderr, /^error: .*bad\.json:3: conversations must be a list; a conversation is /);
    assert.equal(stderr.trim().split('\n').length, 1);
  });
});
