import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { makeFolder, onlyTarget, requestsOf, runArgs, runForDocument } from '../support/cli.ts';
import { mostAtOnce, startEndpoint } from '../support/simulator.ts';

const ascending = (one: number, other: number): number => one - other;

describe('several measuring threads', { concurrency: 3 }, () => {
  test('have as many clients together as one has, send each prompt once, and start at one instant', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '20', tokenDelay: '5' });
    const prompts = join(folder.path, 'prompts.txt');
    writeFileSync(prompts, Array.from({ length: 30 }, (_, place) => `prompt ${place}`).join('\n'));
    const document = await runForDocument(
      ['run', '--endpoint', endpoint.url, '--model', 'fake', '--prompt-file', prompts, '--include', 'requests'].concat([
        '--workers',
        '3',
        '--concurrency',
        '5',
        '--warmup',
        '6',
        '-o',
        'json',
        '--no-save',
      ]),
      { cwd: folder.path },
    );
    const requests = requestsOf(document);
    const measured = requests.filter(({ phase }) => phase === 'measure');
    assert.equal(onlyTarget(document).requests.completed, 30);
    assert.deepEqual(
      measured.map(({ promptIndex }) => promptIndex).toSorted(ascending),
      Array.from({ length: 30 }, (_, place) => place),
    );
    assert.equal(new Set(requests.map(({ id }) => id)).size, 36);
    const truth = endpoint.truth.toSorted((one, other) => one.n - other.n);
    assert.equal(truth.length, 36);
    // The first goes alone; then five at a time, the warm-up too.
    assert.ok((truth[0]?.endedAtMs ?? 0) <= (truth[1]?.receivedAtMs ?? 0));
    assert.equal(mostAtOnce(truth), 5);
    const warmupEnd = Math.max(...requests.filter(({ phase }) => phase === 'warmup').map((each) => each.endedAtMs));
    const starts = measured.map(({ startedAtMs }) => startedAtMs).toSorted(ascending);
    assert.ok((starts[0] ?? 0) >= warmupEnd);
  });

  test('send together exactly the arrivals that one sends', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const arrivals = async (workers: string): Promise<readonly number[]> => {
      const flags = ['--rate', '100', '--arrival', 'poisson', '-n', '60', '--seed', '5', '--workers', workers];
      const document = await runForDocument(runArgs(endpoint.url, ...flags), { cwd: folder.path });
      const times = requestsOf(document).flatMap(({ phase, scheduledAtMs }) =>
        phase === 'measure' && scheduledAtMs !== null ? [scheduledAtMs] : [],
      );
      const [first = 0, ...rest] = times.toSorted(ascending);
      return rest.map((atMs) => Math.round((atMs - first) * 1_000));
    };
    const one = await arrivals('1');
    assert.equal(one.length, 59);
    assert.deepEqual(await arrivals('3'), one);
  });

  test('share a budget that they never pass', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ tokens: '10' });
    const flags = [
      '--workers',
      '3',
      '--concurrency',
      '6',
      '-n',
      '200',
      '--budget',
      '0.01',
      '--max-tokens',
      '10',
      '--warmup',
      '1',
    ];
    const document = await runForDocument(
      runArgs(endpoint.url, ...flags, '--input-price', '1', '--output-price', '10'),
      { cwd: folder.path },
      4,
    );
    assert.equal(document.run.state, 'over-budget');
    const spent = onlyTarget(document).cost.usd ?? Number.NaN;
    assert.ok(spent <= 0.01 && spent > 0.008, `${spent}`);
  });
});
