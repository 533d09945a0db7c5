import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, test } from 'node:test';
import type { RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, onlyTarget, requestsOf, runArgs, runForDocument } from '../support/cli.ts';
import { mostAtOnce, startEndpoint } from '../support/simulator.ts';

const MEAN_GAP_MS = 20;
/** A process that has a core when it wants one turns its event loop faster than that, 19 times of 20. */
const CALM_MS = 3;
const MOST_ATTEMPTS = 5;

test('a constant rate is one arrival every 20 ms, by the schedule and by the log of the server', async () => {
  const { document, times } = await measureInCalm('--rate', '50', '--duration', '2s');
  const requests = requestsOf(document);
  const counts = { started: 100, completed: 100, failed: 0, cancelled: 0, dropped: 0, retries: 0 };
  assert.deepEqual(onlyTarget(document).requests, counts);
  const scheduled = requests.map(({ scheduledAtMs }) => scheduledAtMs ?? Number.NaN);
  for (const gap of gapsOf(scheduled)) assert.ok(Math.abs(gap - MEAN_GAP_MS) < 1e-6);
  const early = requests.filter(({ startedAtMs }, index) => startedAtMs < (scheduled[index] ?? 0));
  assert.deepEqual(early, []);
  assert.equal(times.length, 100);
  // The middle half of the gaps: what the machine delays moves two gaps, one up and one down.
  const gaps = gapsOf(times).toSorted((one, other) => one - other);
  assert.ok(Math.abs((gaps[24] ?? 0) - MEAN_GAP_MS) < 2 && Math.abs((gaps[74] ?? 0) - MEAN_GAP_MS) < 2);
});

test('Poisson arrivals have exponential gaps in the log of the server', async () => {
  const { document, times } = await measureInCalm('--rate', '50', '--arrival', 'poisson', '-n', '250', '--seed', '11');
  assert.equal(onlyTarget(document).requests.completed, 250);
  assert.equal(times.length, 250);
  const gaps = gapsOf(times);
  const distance = distanceToExponential(gaps, MEAN_GAP_MS);
  assert.ok(distance < criticalDistance(gaps.length), `${distance}`);
  // The test can tell: the same gaps are not those of half the rate, and equal ones are not exponential.
  assert.ok(distanceToExponential(gaps, 2 * MEAN_GAP_MS) > criticalDistance(gaps.length));
  const equal = gaps.map(() => MEAN_GAP_MS);
  assert.ok(distanceToExponential(equal, MEAN_GAP_MS) > criticalDistance(gaps.length));
});

describe('arrivals', { concurrency: 3 }, () => {
  test('while the server is silent for a second, arrivals go on', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ silentAt: '500ms', silentFor: '1s' });
    const document = await runForDocument(runArgs(endpoint.url, '--rate', '50', '--duration', '2s'), {
      cwd: folder.path,
    });
    assert.deepEqual([onlyTarget(document).requests.started, onlyTarget(document).requests.completed], [100, 100]);
    const times = arrivals(endpoint.truth);
    const [first = 0] = times;
    const inSilence = times.filter((atMs) => atMs >= first + 500 && atMs < first + 1500);
    // 50 by the schedule; a client that waits for answers would send one.
    assert.ok(inSilence.length >= 30 && inSilence.length <= 70, `${inSilence.length}`);
    assert.ok(
      endpoint.truth.every(({ endedAtMs }) => endedAtMs < first + 500 || endedAtMs >= first + 1500),
      'it was silent',
    );
    assert.ok(mostAtOnce(endpoint.truth) >= 30);
    // What waited through the silence says so: of a hundred arrivals about fifty waited up to a second, evenly spread.
    for (const id of ['ttftScheduled', 'e2eScheduled']) {
      const { n, p90, max } = onlyTarget(document).metrics[id] ?? assert.fail(id);
      assert.ok(n === 100 && (p90 ?? 0) > 600 && (max ?? 0) > 900, `${id}: ${p90}, ${max}`);
    }
  });

  test('the same seed is the same schedule, another seed another', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const scheduleOf = async (seed: string): Promise<readonly number[]> => {
      const args = runArgs(endpoint.url, '--rate', '400', '--arrival', 'poisson', '-n', '40', '--seed', seed);
      const requests = requestsOf(await runForDocument(args, { cwd: folder.path }));
      return gapsOf(requests.map(({ scheduledAtMs }) => scheduledAtMs ?? Number.NaN)).map((gap) =>
        Math.round(gap * 1e6),
      );
    };
    const [one, same, other] = [await scheduleOf('5'), await scheduleOf('5'), await scheduleOf('6')];
    assert.deepEqual(one, same);
    assert.notDeepEqual(one, other);
  });

  test('arrivals above --max-in-flight are dropped and counted, and the others are sent', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: '2000' });
    const args = runArgs(endpoint.url, '--rate', '200', '-n', '60', '--max-in-flight', '5');
    const document = await runForDocument(args, { cwd: folder.path });
    assert.deepEqual(onlyTarget(document).requests, {
      started: 5,
      completed: 5,
      failed: 0,
      cancelled: 0,
      dropped: 55,
      retries: 0,
    });
    assert.equal(requestsOf(document).length, 5);
    assert.deepEqual([endpoint.truth.length, mostAtOnce(endpoint.truth)], [5, 5]);
  });

  test('a place that comes free under the ceiling is used again, and no arrival is lost from the count', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint({ ttft: 'uniform:20..80' });
    const args = runArgs(endpoint.url, '--rate', '300', '-n', '300', '--max-in-flight', '4');
    const { started, completed, dropped } = onlyTarget(await runForDocument(args, { cwd: folder.path })).requests;
    assert.ok(started > 4 && dropped > 0);
    assert.deepEqual([started + dropped, completed, endpoint.truth.length], [300, started, started]);
    assert.ok(mostAtOnce(endpoint.truth) <= 4);
  });

  test('each target has the whole rate to itself', async () => {
    using folder = makeFolder();
    await using one = await startEndpoint();
    await using two = await startEndpoint();
    const args = runArgs(`one=${one.url}`, '--endpoint', `two=${two.url}`, '--rate', '100', '--duration', '500ms');
    const document = await runForDocument(args, { cwd: folder.path });
    assert.deepEqual(
      document.targets.map(({ requests }) => requests.started),
      [50, 50],
    );
    assert.deepEqual([one.truth.length, two.truth.length], [50, 50]);
  });
});

interface Log {
  readonly document: RunDocument;
  /** When the requests arrived at the server. */
  readonly times: readonly number[];
}

/**
 * The log of a server that could keep time. Where other work held this process up, its stamps say nothing of the client, and it
 * measures again; nothing that the client does decides on that.
 */
async function measureInCalm(...load: readonly string[]): Promise<Log> {
  for (let attempt = 1; ; attempt += 1) {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const document = await runForDocument(runArgs(endpoint.url, ...load), { cwd: folder.path });
    delays.disable();
    const isCalm = delays.percentile(95) / 1e6 < CALM_MS;
    if (isCalm || attempt === MOST_ATTEMPTS) return { document, times: arrivals(endpoint.truth) };
  }
}

function arrivals(truth: readonly { readonly receivedAtMs: number }[]): readonly number[] {
  return truth.map(({ receivedAtMs }) => receivedAtMs).toSorted((one, other) => one - other);
}

function gapsOf(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, index) => time - (times[index] ?? Number.NaN));
}

/** Kolmogorov-Smirnov: the largest distance between the samples' distribution and the exponential one. */
function distanceToExponential(samples: readonly number[], mean: number): number {
  const n = samples.length;
  const distances = samples
    .toSorted((one, other) => one - other)
    .map((sample, index) => {
      const expected = 1 - Math.exp(-sample / mean);
      return Math.max((index + 1) / n - expected, expected - index / n);
    });
  return Math.max(...distances);
}

/** At a significance of 0.001: sqrt(-ln(0.001 / 2) / 2) = 1.9495, divided by sqrt(n). */
function criticalDistance(n: number): number {
  return 1.9495 / Math.sqrt(n);
}
