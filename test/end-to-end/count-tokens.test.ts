import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { makeFolder, onlyTarget, requestsOf, runArgs, runCli, runForDocument, startCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';
import { answersOf, tapEndpoint } from '../support/tapped-endpoint.ts';

/** What `runArgs` sends. */
const PROMPT = 'three small words';

describe('tokens are counted', { concurrency: 3 }, () => {
  for (const { model, tokenizer, count, isApproximate } of [
    { model: 'gpt-4o', tokenizer: 'o200k_base', count: countO200k, isApproximate: false },
    { model: 'gpt-3.5-turbo', tokenizer: 'cl100k_base', count: countCl100k, isApproximate: false },
    { model: 'a', tokenizer: 'o200k_base', count: countO200k, isApproximate: true },
  ]) {
    test(`by ${tokenizer} for ${model}: as many as are in the text that was really sent`, async () => {
      using folder = makeFolder();
      await using endpoint = await startEndpoint({ usage: 'none', tokens: 'uniform:5..40', reasoningTokens: '7' });
      await using tap = await tapEndpoint(endpoint.port);
      const args = runArgs(tap.url, '-n', '8').map((arg) => (arg === 'a' ? model : arg));
      const document = await runForDocument(args, { cwd: folder.path });
      const sent = tap.answers().flatMap(answersOf);
      assert.equal(sent.length, 8);
      const expected = sent.map(({ reasoning, content }) => count(reasoning) + count(content)).sort();
      const requests = requestsOf(document);
      assert.deepEqual(requests.map(({ counted }) => counted?.output).sort(), expected);
      for (const { counted, tokens, text } of requests) {
        assert.deepEqual(
          [counted?.input, counted?.tokenizer, counted?.isApproximate],
          [count(PROMPT), tokenizer, isApproximate],
        );
        assert.deepEqual([tokens.output, tokens.source, text], [counted?.output, 'counted', undefined]);
      }
      const { tokens, validity } = onlyTarget(document);
      const sum = expected.reduce((total, one) => total + one);
      assert.deepEqual([tokens.input, tokens.output, tokens.source], [8 * count(PROMPT), sum, 'counted']);
      assert.ok(validity.some(({ id }) => id === 'token-source'));
      // What is shown later is the same.
      assert.deepEqual(
        await runForDocument(['report', 'summary', '--json', '--include', 'requests'], { cwd: folder.path }),
        document,
      );
    });
  }

  test('beside reported usage only when asked for, and held against it', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ tokens: '20' });
    const unasked = await runForDocument(runArgs(endpoint.url, '-n', '3'), { cwd: folder.path });
    assert.ok(requestsOf(unasked).every(({ counted }) => counted === null));
    const asked = await runForDocument(runArgs(endpoint.url, '-n', '3', '--count-tokens', '--tokenizer', 'estimate'), {
      cwd: folder.path,
    });
    for (const { counted, tokens } of requestsOf(asked)) {
      assert.deepEqual([counted?.tokenizer, counted?.isApproximate], ['estimate', true]);
      // Five letters and less a word: 15 letters are 3.75.
      assert.deepEqual([counted?.input, tokens.output, tokens.source], [4, 20, 'reported']);
    }
    const [difference] = onlyTarget(asked).validity.filter(({ id }) => id === 'token-difference');
    assert.match(difference?.text ?? '', /^the provider reported 60 output tokens where estimate counted \d+/);
  });

  test('of an interrupted run as well', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ usage: 'none', ttft: '700', tokens: '9' });
    const args = runArgs(endpoint.url, '-n', '100', '--concurrency', '2').filter((arg) => arg !== '--no-progress');
    const run = startCli(args, { cwd: folder.path });
    await endpoint.untilReceived(2);
    run.kill('SIGINT');
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 130, stderr);
    const requests = requestsOf(JSON.parse(stdout));
    assert.deepEqual(
      requests.map(({ tokens }) => tokens.source),
      ['counted', 'counted'],
    );
  });

  test('by no tokenizer that is not there: nothing is sent', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    for (const [tokenizer, message] of [
      ['nosuch', /^error: nosuch is neither a built-in tokenizer nor a file; use o200k_base, .*\n$/],
      [
        import.meta.filename,
        /^error: .*count-tokens\.test\.ts cannot be used as a tokenizer: .*; name the tokenizer.*\n$/,
      ],
    ] as const) {
      const result = await runCli(runArgs(endpoint.url, '--tokenizer', tokenizer), { cwd: folder.path });
      assert.deepEqual([result.code, result.stdout], [2, '']);
      assert.match(result.stderr, message);
    }
    assert.equal(endpoint.received(), 0);
  });
});
