import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildPlan, buildTarget } from '../../test/support/record-builder.ts';
import type { Plan } from '../model/plan.ts';
import {
  type CountingInput,
  type CountingResult,
  checkTokenizer,
  countTokens,
  type TextsOfRequest,
} from './count-tokens.ts';

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-counting-'));
after(() => rmSync(folder, { recursive: true }));

const THREAD = new URL('../counting-thread.ts', import.meta.url);

/** A counting thread in a few lines: `reply(order, n)` answers the n-th order, from 1, with the number of its texts' characters. */
function threadFile(name: string, act: string): URL {
  const file = join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { parentPort as port } from 'node:worker_threads';
let n = 0;
const reply = (order) => port.postMessage({
  type: 'counted',
  tokenizer: { name: order.tokenizer, isApproximate: false },
  counts: order.texts.map((text) => text.length),
  problem: undefined,
});
port.on('message', (order) => { n++; ${act} });`,
  );
  return pathToFileURL(file);
}

const CHARACTERS = threadFile('characters', 'reply(order);');
/** Says how many texts it was given instead of how long they are. */
const ORDER_SIZE = threadFile(
  'order-size',
  "port.postMessage({ type: 'counted', tokenizer: { name: 'x', isApproximate: false }, counts: order.texts.map(() => order.texts.length) });",
);
const DIES = threadFile('dies', "if (n === 2) throw new Error('out of memory'); reply(order);");
const EXITS = threadFile('exits', 'process.exit(7);');
const HANGS = threadFile('hangs', 'if (n === 1) reply(order); else while (true);');

function textsOf(requestId: number, prompt: string, ...outputs: readonly string[]): TextsOfRequest {
  return { requestId, targetIndex: 0, prompt, outputs };
}

function run(texts: readonly TextsOfRequest[], more: Partial<CountingInput> = {}): Promise<CountingResult> {
  return countTokens({
    plan: buildPlan(),
    texts,
    threadUrl: CHARACTERS,
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

const planOf = (models: readonly string[], tokenizer?: string): Plan =>
  buildPlan({
    targets: models.map((model) => buildTarget({ model })),
    tokenCounting: { when: 'missing', tokenizer },
  });

test('the input is the prompt, the output all that was generated', async () => {
  const { counts, trouble, problem } = await run([textsOf(5, 'four', 'ab', 'cde'), textsOf(9, 'four')]);
  assert.deepEqual(
    counts.map(({ requestId, counted }) => [requestId, counted.inputTokens, counted.outputTokens]),
    [
      [5, 4, 5],
      [9, 4, 0],
    ],
  );
  assert.deepEqual([trouble, problem], [undefined, undefined]);
});

test('a prompt that was sent often is counted once', async () => {
  // One prompt and three answers: four texts.
  const texts = [1, 2, 3].map((id) => textsOf(id, 'the same', 'x'));
  const { counts } = await run(texts, { threadUrl: ORDER_SIZE });
  assert.deepEqual(
    counts.map(({ counted }) => counted.inputTokens),
    [4, 4, 4],
  );
});

test('a prompt of an earlier batch is known', async () => {
  const texts = Array.from({ length: 201 }, (_, id) => textsOf(id, 'the same', 'x'));
  const { counts } = await run(texts, { threadUrl: ORDER_SIZE });
  // 201 texts in the first batch; the second is one answer.
  assert.deepEqual([counts.at(0)?.counted.outputTokens, counts.at(200)?.counted.outputTokens], [201, 1]);
});

test('many texts go in batches, and each is a step of the progress', async () => {
  const steps: number[] = [];
  const short = Array.from({ length: 450 }, (_, id) => textsOf(id, 'p', 'x'));
  const { counts } = await run(short, { onProgress: (done) => steps.push(done) });
  assert.deepEqual(steps, [200, 400, 450]);
  assert.deepEqual(
    counts.map(({ requestId }) => requestId),
    short.map(({ requestId }) => requestId),
  );
});

test('a long text is a batch of its own', async () => {
  const steps: number[] = [];
  const long = 'x'.repeat(900_000);
  await run([textsOf(1, '', long), textsOf(2, '', long), textsOf(3, '', 'x')], {
    onProgress: (done) => steps.push(done),
  });
  assert.deepEqual(steps, [1, 3]);
});

for (const [models, tokenizer, expected] of [
  [['gpt-4o', 'gpt-4', 'claude-opus-4.6'], undefined, ['o200k_base', 'cl100k_base', 'o200k_base approximate']],
  [['gpt-4o', 'gpt-4'], 'o200k_base', ['o200k_base', 'o200k_base approximate']],
  [['gpt-4o'], 'a-file.json', ['a-file.json']],
  [['gpt-4o'], 'estimate', ['estimate approximate']],
] as const) {
  test(`${models.join(', ')} with ${tokenizer ?? 'no'} tokenizer asked for are counted by ${expected.join(', ')}`, async () => {
    const texts = models.map((_, targetIndex) => ({ ...textsOf(targetIndex, 'p', 'x'), targetIndex }));
    const { counts } = await run(texts, { plan: planOf(models, tokenizer) });
    assert.deepEqual(
      counts.map(({ counted }) => `${counted.tokenizer}${counted.isApproximate ? ' approximate' : ''}`),
      expected,
    );
  });
}

test('a deployment is counted as the model that it is of', async () => {
  const target = buildTarget({ model: 'my-deployment' });
  const plan = buildPlan({ targets: [{ ...target, profile: { ...target.profile, baseModel: 'gpt-4' } }] });
  const { counts } = await run([textsOf(1, 'p')], { plan });
  assert.deepEqual([counts[0]?.counted.tokenizer, counts[0]?.counted.isApproximate], ['cl100k_base', false]);
});

test('the real thread counts tokens', async () => {
  const { counts } = await run([textsOf(1, 'Hello, world!', "I'M don't", '한국어')], {
    threadUrl: THREAD,
    plan: planOf(['gpt-4o']),
  });
  // As tiktoken says: 4; 3 and 2.
  assert.deepEqual(counts, [
    { requestId: 1, counted: { inputTokens: 4, outputTokens: 5, tokenizer: 'o200k_base', isApproximate: false } },
  ]);
});

test('a thread that dies takes nothing with it that was counted before', async () => {
  const texts = Array.from({ length: 450 }, (_, id) => textsOf(id, `${id}`, 'x'));
  const { counts, trouble } = await run(texts, { threadUrl: DIES });
  assert.equal(counts.length, 200);
  assert.equal(trouble?.code, 'COUNTING_FAILED');
  assert.equal(trouble?.message, 'tokens could not be counted: out of memory');
});

test('a thread that exits, or is not there, is said to', async () => {
  const exited = await run([textsOf(1, 'p')], { threadUrl: EXITS });
  assert.equal(exited.trouble?.message, 'tokens could not be counted: the counting thread exited with code 7');
  const missing = await run([textsOf(1, 'p')], { threadUrl: pathToFileURL(join(folder, 'none.mjs')) });
  assert.equal(missing.trouble?.code, 'COUNTING_FAILED');
});

test('a tokenizer that has gone since the run began is a failure of the counting', async () => {
  const { trouble } = await run([textsOf(1, 'p')], {
    threadUrl: THREAD,
    plan: planOf(['m'], join(folder, 'gone.json')),
  });
  assert.equal(trouble?.code, 'COUNTING_FAILED');
  assert.match(trouble?.message ?? '', /gone\.json is neither/);
});

test('an abort ends a thread that would never answer, and is no trouble', async () => {
  const abort = new AbortController();
  const texts = Array.from({ length: 450 }, (_, id) => textsOf(id, 'p', 'x'));
  const { counts, trouble } = await run(texts, {
    threadUrl: HANGS,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  assert.deepEqual([counts.length, trouble], [200, undefined]);
});

test('after an abort nothing is begun', async () => {
  const { counts, trouble } = await run([textsOf(1, 'p')], { signal: AbortSignal.abort() });
  assert.deepEqual([counts, trouble], [[], undefined]);
});

test('a tokenizer is checked before a run: by opening it where it is a file', async () => {
  await checkTokenizer(planOf(['m']), THREAD);
  await checkTokenizer(planOf(['m'], 'o200k_base'), EXITS);
  await assert.rejects(checkTokenizer(planOf(['m'], 'no/such'), THREAD), { code: 'TOKENIZER_UNKNOWN' });
  await assert.rejects(checkTokenizer(planOf(['m'], import.meta.filename), THREAD), {
    code: 'TOKENIZER_UNREADABLE',
    message: /count-tokens\.test\.ts cannot be used as a tokenizer: /,
    exit: 2,
  });
});
