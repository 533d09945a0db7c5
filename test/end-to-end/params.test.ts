import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ParametersDocument, TargetParametersDocument } from '../../src/contract/parameters-document.ts';
import { HAS_TERMINALS, makeFolder, runCli, runOnTerminal } from '../support/cli.ts';

describe('llm-bench params', () => {
  test('ends with 2 when a strict run would refuse, and says which rule and what to do', async () => {
    const { code, stdout, stderr } = await params('openai/gpt-5', '--temperature', '0.3');
    assert.deepEqual([code, stderr], [2, '']);
    assert.match(stdout, /refused: nothing would be sent\n {2}temperature 0\.3\n/);
    assert.match(stdout, /rule openai-reasoning-temperature: OpenAI/);
    assert.match(stdout, /--params adjust mends/);
  });

  test('ends with 0 when it is mended, or sent all the same', async () => {
    const adjusted = await documentOf(
      'openai/gpt-5',
      '--temperature',
      '0.3',
      '--max-tokens',
      '2000',
      '--params',
      'adjust',
    );
    assert.deepEqual(adjusted.body, { max_completion_tokens: 2_000 });
    assert.deepEqual(
      adjusted.adjustments.map(({ parameter, action, to, sentAs }) => [parameter, action, to, sentAs]),
      [
        ['temperature', 'drop', null, null],
        ['max_tokens', 'rename', 2_000, 'max_completion_tokens'],
      ],
    );
    const passed = await documentOf('openai/gpt-5', '--temperature', '0.3', '--params', 'pass');
    assert.deepEqual(passed.body, { temperature: 0.3 });
  });

  test('shows the body in the words of the API', async () => {
    const flags = [
      '--max-tokens',
      '2000',
      '--stop',
      'END',
      '--stop',
      'FIN',
      '--param',
      'top_p=0.5',
      '--param',
      'own={"a":1}',
    ];
    const { body, provider, dialect, outcome } = await documentOf('gemini/gemini-2.5-flash', ...flags);
    assert.deepEqual([provider, dialect, outcome], ['gemini', 'gemini', 'sent']);
    assert.deepEqual(body, {
      generationConfig: { maxOutputTokens: 2_000, stopSequences: ['END', 'FIN'], topP: 0.5, own: { a: 1 } },
    });
  });

  test('lists with no parameter what there is to send, within 80 columns', async () => {
    const { code, stdout } = await params('anthropic/claude-opus-4.6');
    assert.equal(code, 0);
    for (const title of ['sent beside the prompt', 'takes', 'refuses'])
      assert.match(stdout, new RegExp(`^${title}`, 'm'));
    assert.match(stdout, /^ {2}stop +sent as stop_sequences$/m);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  test('leaves out what is to be skipped', async () => {
    const { body } = await documentOf('openai/gpt-5', '--temperature', '0.3', '--skip-param', 'temperature');
    assert.deepEqual(body, {});
  });

  test('tells several models in one document', async () => {
    const { code, stdout } = await params('openai/gpt-4o', 'openai/o3', '--param', 'stop=x', '--json');
    const { schema, targets }: ParametersDocument = JSON.parse(stdout);
    assert.deepEqual([code, schema], [2, 'llm-bench/parameters/1']);
    assert.deepEqual(
      targets.map(({ target, outcome }) => [target, outcome]),
      [
        ['openai/gpt-4o', 'sent'],
        ['openai/o3', 'refused'],
      ],
    );
    assert.equal(targets[1]?.body, null);
    assert.deepEqual(
      targets[1]?.problems.map(({ parameter, rule }) => [parameter, rule]),
      [['stop', 'openai-o-stop']],
    );
  });

  test('knows an endpoint by its host, and a deployment by its base model', async () => {
    const host = await documentOf(
      '--model',
      'mistral-tiny',
      '--endpoint',
      'https://api.mistral.ai/v1',
      '--param',
      'seed=3',
    );
    assert.deepEqual(host.body, { random_seed: 3 });
    const { code } = await params('azure/mine', '--base-model', 'gpt-5', '--temperature', '0.1');
    assert.equal(code, 2);
  });

  test('says in one line what is wrong with its own input', async () => {
    for (const [args, message] of [
      [['nobody-knows-this'], /^error: nobody-knows-this: the model string names no provider.+\n$/],
      [['openai/gpt-4o', '--temperature', 'hot'], /^error: --temperature: "hot" is not a number from 0.+\n$/],
      [['openai/gpt-4o', '--param', 'nothing'], /^error: --param: "nothing" is not key=value.+\n$/],
      [['--model', 'm', '--endpoint', 'localhost'], /^error: --endpoint: this is not a URL.+\n$/],
      [['openai/gpt-4o', '--catalog', 'none.json'], /^error: cannot read none\.json.+\n$/],
      [[], /^error: .+\n$/],
    ] as const) {
      const { code, stdout, stderr } = await params(...args);
      assert.deepEqual([code, stdout], [2, ''], args.join(' '));
      assert.match(stderr, message);
    }
  });

  test('is coloured on a terminal only', {
    skip: HAS_TERMINALS ? false : 'util-linux script, which makes terminals, is not there',
  }, async () => {
    using folder = makeFolder();
    const { stdout } = await runOnTerminal(['params', 'openai/o3', '--stop', 'x'], { cwd: folder.path });
    assert.ok(stdout.includes('\u001b[31m'));
    const plain = await params('openai/o3', '--stop', 'x');
    assert.ok(!plain.stdout.includes('\u001b'));
  });
});

async function params(...args: readonly string[]): ReturnType<typeof runCli> {
  using folder = makeFolder();
  return await runCli(['params', ...args], { cwd: folder.path });
}

async function documentOf(...args: readonly string[]): Promise<TargetParametersDocument> {
  const { code, stdout, stderr } = await params(...args, '--json');
  assert.equal(code, 0, stderr);
  const { targets }: ParametersDocument = JSON.parse(stdout);
  assert.equal(targets.length, 1);
  return targets[0] as TargetParametersDocument;
}
