import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, runCli } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

test('targets take turns there and back, and never at the same time', async () => {
  using folder = makeFolder();
  await using endpoint = await startEndpoint({ ttft: '4', tokenDelay: '1', tokens: '3' });
  const options = { cwd: folder.path };
  const targets = ['--endpoint', `here=${endpoint.url}`, '--endpoint', `there=${endpoint.url}`, '--model', 'm'];
  const run = ['run', ...targets, '--prompt', 'hi', '--warmup', '1'];
  const load = ['--interleave', '2', '--concurrency', '2', '-n', '5', '--run-id', 'ab'];
  const { code, stdout, stderr } = await runCli([...run, ...load, '-o', 'json', '--include', 'requests'], options);
  assert.equal(code, 0, stderr);

  const document = JSON.parse(stdout) as RunDocument;
  const measured = (document.requests ?? [])
    .filter(({ phase }) => phase === 'measure')
    .toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  // Five each in turns of two: AA BB BB AA A, and the last of B.
  assert.equal(measured.map(({ provider }) => (provider === 'here' ? 'A' : 'B')).join(''), 'AABBBBAAAB');
  for (const one of measured) {
    const others = measured.filter(({ provider }) => provider !== one.provider);
    const isAlone = others.every((other) => other.endedAtMs <= one.startedAtMs || other.startedAtMs >= one.endedAtMs);
    assert.ok(isAlone, `request ${one.id}`);
  }

  for (const target of document.targets) {
    const own = measured.filter(({ provider }) => provider === target.provider);
    const whole =
      Math.max(...own.map(({ endedAtMs }) => endedAtMs)) - Math.min(...own.map(({ startedAtMs }) => startedAtMs));
    const rate = target.throughput.requestsPerSecond ?? 0;
    // Over its own turns alone; over all the time it was there it would be lower.
    assert.ok(rate > (own.length / whole) * 1_000, `${rate} a second`);
    assert.equal(target.validity.find(({ id }) => id === 'turns')?.level, 'note');
  }

  const compared = await runCli(['compare', 'ab', '--target', 'here', '--target', 'there'], options);
  assert.match(compared.stdout, /^ttft p50 /m);

  for (const [more, says] of [
    [['--interleave', '0'], /--interleave: "0" is not a whole number from 1/],
    [['--interleave', '1', '--rate', '5'], /--interleave cannot stand beside --rate; arrivals wait for nobody/],
    [['--interleave', '1', '--max-retries', '1'], /--interleave cannot stand beside --max-retries/],
    [['--interleave', '1', '--workers', '2'], /--interleave cannot stand beside --workers/],
  ] as const) {
    const refused = await runCli([...run, ...more], options);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, says);
  }
});
