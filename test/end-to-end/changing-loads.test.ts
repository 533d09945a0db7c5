import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import type { RequestDocument, RunDocument } from '../../src/contract/run-document.ts';
import { makeFolder, onlyTarget, requestsOf, runArgs, runCli, runForDocument } from '../support/cli.ts';
import { startEndpoint } from '../support/simulator.ts';

async function measure(url: string, ...load: readonly string[]): Promise<RunDocument> {
  using folder = makeFolder();
  return await runForDocument(runArgs(url, ...load), { cwd: folder.path });
}

const startOf = (requests: readonly RequestDocument[]): number =>
  Math.min(...requests.map(({ scheduledAtMs, startedAtMs }) => scheduledAtMs ?? startedAtMs));

/** Exact sums: whatever happened to a request, it is somewhere. */
function assertAddsUp(document: RunDocument): void {
  const { requests, failures } = onlyTarget(document);
  assert.equal(requests.started, requests.completed + requests.failed + requests.cancelled);
  assert.equal(
    Object.values(failures).reduce((sum, count) => sum + count, 0),
    requests.failed,
  );
  assert.equal(requestsOf(document).filter(({ phase }) => phase === 'measure').length, requests.started);
}

describe('a load that changes', { concurrency: 3 }, () => {
  test('has the arrivals of each stage in the log of the server, and says so', async () => {
    await using endpoint = await startEndpoint();
    const stages = ['rate=40,duration=1s', 'rate=0,duration=500ms', 'rate=20..100,duration=1s'];
    const document = await measure(endpoint.url, ...stages.flatMap((stage) => ['--stage', stage]));
    const { requests, stages: seen } = onlyTarget(document);
    // 40 + 0 + 60; the server saw each of them.
    assert.deepEqual([requests.started, requests.completed, endpoint.truth.length], [100, 100, 100]);
    assert.deepEqual(
      seen.map(({ asked, sent, completed }) => [asked, sent, completed]),
      [
        [40, 40, 40],
        [0, 0, 0],
        [60, 60, 60],
      ],
    );
    const startMs = startOf(requestsOf(document));
    const offsets = requestsOf(document).map(({ scheduledAtMs }) => (scheduledAtMs ?? Number.NaN) - startMs);
    // The first of the ramp opens it, and after 20·t + 40·t² = 8 of them 0.2623 s have passed: t = (√(400 + 1280) − 20) ÷ 80.
    assert.ok(Math.abs((offsets[40] ?? 0) - 1_500) < 1e-6);
    assert.ok(Math.abs((offsets[48] ?? 0) - (1_500 + ((Math.sqrt(1_680) - 20) / 80) * 1_000)) < 1e-6);
    assert.equal(onlyTarget(document).throughput.offeredPerSecond, 40);
    assert.equal(onlyTarget(document).throughput.steadyWindowMs, 2_500);
  });

  test('of clients keeps them busy, and leaves warm-up and cool-down out of its numbers', async () => {
    await using endpoint = await startEndpoint({ ttft: '20' });
    const load = ['--stage', 'concurrency=1..6,duration=1s', '--warmup', '300ms', '--cooldown', '400ms'];
    const document = await measure(endpoint.url, ...load);
    const phases = Map.groupBy(requestsOf(document), ({ phase }) => phase);
    const { requests, throughput, stages } = onlyTarget(document);
    assert.equal(phases.get('measure')?.length, requests.started);
    assert.equal(endpoint.truth.length, requestsOf(document).length);
    assert.ok((phases.get('warmup')?.length ?? 0) > 2 && (phases.get('cooldown')?.length ?? 0) > 6);
    assert.equal(throughput.steadyWindowMs, 1_000);
    assert.deepEqual([stages.length, stages[0]?.asked], [1, 3.5]);
    const measureEndMs = Math.max(...(phases.get('measure') ?? []).map(({ startedAtMs }) => startedAtMs));
    assert.ok((phases.get('cooldown') ?? []).every(({ startedAtMs }) => startedAtMs >= measureEndMs));
  });

  test('is told as text within 80 columns, with what each stage reached', async () => {
    using folder = makeFolder();
    await using endpoint = await startEndpoint();
    const args = ['run', '--endpoint', endpoint.url, '--model', 'm', '--prompt', 'Hi', '--no-save'];
    const load = ['--ramp', '0..60/1s', '--duration', '1500ms', '--arrival', 'gamma:2', '--cancel-rate', '0.1:5s'];
    const { stdout, code } = await runCli([...args, ...load], { cwd: folder.path });
    assert.equal(code, 0);
    assert.match(stdout, /open loop, gamma:2 arrivals at 0→60\/s over 1 s, then 60\/s/);
    assert.match(stdout, /rate\/s +from +asked +reached/);
    assert.match(stdout, /0→60 +0 ms +30 /);
    const wide = stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('repeat:'));
    assert.deepEqual(wide, []);
    const plan = await runCli([...args.filter((arg) => arg !== '--no-save'), ...load, '--dry-run'], {
      cwd: folder.path,
    });
    // 30 + 30 arrivals and one warm-up.
    assert.match(plan.stdout, /requests +\S+ +61 /);
  });
});

describe('streams that the client gives up', { concurrency: 2 }, () => {
  test('are cancelled by plan at their time, no failures, and their tokens are throughput', async () => {
    await using endpoint = await startEndpoint({ ttft: '10', tokenDelay: '10', tokens: '100' });
    const load = ['-n', '6', '--concurrency', '3', '--cancel-rate', '1:250ms'];
    // Nothing completed, which is no success of a benchmark, and no failure of the server either.
    using folder = makeFolder();
    const document = await runForDocument(runArgs(endpoint.url, ...load), { cwd: folder.path }, 3);
    assertAddsUp(document);
    const { requests, errorRate, metrics, throughput } = onlyTarget(document);
    assert.deepEqual([requests.completed, requests.failed, requests.cancelled], [0, 0, 6]);
    assert.deepEqual([errorRate, metrics['e2e']?.n], [null, 0]);
    for (const { outcome, events, startedAtMs, endedAtMs } of requestsOf(document).filter(isMeasured)) {
      assert.equal(outcome, 'cancelled');
      assert.ok(endedAtMs - startedAtMs >= 249 && events.length > 5 && events.length < 100);
    }
    assert.ok((throughput.full.outputTokensPerSecond ?? 0) > 0);
    // The server saw the client go each time: none of its answers was whole.
    const left = (await endpoint.settle()).filter(({ outcome }) => outcome === 'client-gone');
    assert.equal(left.length, 6);
  });

  test('are as many as asked for, the others complete, and a later retry is not among them', async () => {
    await using endpoint = await startEndpoint({ ttft: '60', fault: '500:0.3' });
    const load = ['-n', '120', '--concurrency', '24', '--cancel-rate', '25%:1ms..20ms', '--seed', '4'];
    const document = await measure(endpoint.url, ...load);
    assertAddsUp(document);
    const { cancelled } = onlyTarget(document).requests;
    // Binomial: 30 ± 3 × √(120 × 0.25 × 0.75), less those that a failure was quicker with.
    assert.ok(cancelled >= 10 && cancelled <= 45, `${cancelled}`);
  });
});

const isMeasured = ({ phase }: RequestDocument): boolean => phase === 'measure';

describe('a load meets faults and ends by itself, with exact counts', { concurrency: 3 }, () => {
  const faults = ['reset:0.1', 'stall:0.05', '429:0.3', 'truncate:0.05'];
  const patience = ['--idle-timeout', '150ms', '--max-retries', '1', '--retry-delay', '20ms'];
  for (const [name, load] of [
    ['stages of a rate', ['--stage', 'rate=100,duration=600ms', '--stage', 'rate=100..20,duration=600ms']],
    ['a ramp of clients', ['--ramp', 'concurrency=2..10/400ms', '-n', '120']],
    ['a Poisson load with a ceiling', ['--rate', '150', '--arrival', 'poisson', '-n', '120', '--max-in-flight', '6']],
  ] as const) {
    test(name, async () => {
      await using endpoint = await startEndpoint({ ttft: '5', fault: faults });
      const document = await measure(endpoint.url, ...load, ...patience, '--cancel-rate', '0.1:1ms', '--seed', '4');
      assertAddsUp(document);
      const { requests, failures } = onlyTarget(document);
      const truth = await endpoint.settle();
      // A stream may be given up before the server has read its request.
      assert.ok(truth.length <= requests.started && truth.length >= requests.started - requests.cancelled);
      assert.ok(requests.completed > 0 && requests.failed > 0 && requests.cancelled > 0 && requests.retries > 0);
      // Of its refusals none is missing, but for what the client did not wait for.
      const refused = truth.filter(({ status, outcome }) => status === 429 && outcome !== 'client-gone').length;
      const unheard = requests.cancelled;
      const heard = failures['rate-limited'] ?? 0;
      assert.ok(heard <= refused && heard >= refused - unheard, `${heard} of ${refused}`);
      if (load.join(' ').includes('-n ')) assert.equal(requests.started - requests.retries + requests.dropped, 120);
    });
  }

  test('a server that dies and comes back', async () => {
    const server = createServer((request, response) => {
      served += 1;
      if (served === DIES_AT) die();
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(ANSWER);
    });
    let served = 0;
    const die = (): void => {
      server.close();
      server.closeAllConnections();
      // So long it is dead; how many requests that costs is for the client to count.
      setTimeout(() => server.listen(port, '127.0.0.1'), 400);
    };
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const document = await measure(`http://127.0.0.1:${port}/v1`, '--rate', '50', '--duration', '2s');
    server.close();
    server.closeAllConnections();
    assertAddsUp(document);
    const { requests, failures } = onlyTarget(document);
    // Every arrival was sent, dead server or not; what it served was completed, but for what its death cut off.
    assert.deepEqual([requests.started, requests.dropped], [100, 0]);
    assert.ok(requests.completed <= served && requests.completed > DIES_AT, JSON.stringify(requests));
    assert.ok((failures['connect'] ?? 0) > 0, JSON.stringify(failures));
    assert.equal(requestsOf(document).at(-1)?.outcome, 'completed');
  });
});

const DIES_AT = 20;
const ANSWER = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
