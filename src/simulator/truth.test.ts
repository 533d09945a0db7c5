import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask } from '../../test/support/raw-client.ts';
import { DEFAULT_OPTIONS } from './options.ts';
import { startSimulator } from './simulator.ts';

const HEADERS = { 'x-simulate': 'ttft=1; token-delay=1; tokens=3' };

test('the truth file has one line per request, the same as in memory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-truth-'));
  const truthFile = join(folder, 'truth.jsonl');
  const simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, truthFile, keepTruth: true });
  await Promise.all(Array.from({ length: 20 }, () => ask({ port: simulator.port, headers: HEADERS })));
  await simulator.close();
  const lines = (await readFile(truthFile, 'utf8')).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    simulator.truth,
  );
  assert.deepEqual(
    simulator.truth.map(({ n }) => n).toSorted((a, b) => a - b),
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  await rm(folder, { recursive: true });
});

test('the instants are those of the clock that every process of the machine reads', async () => {
  const simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, keepTruth: true });
  const beforeMs = Number(process.hrtime.bigint()) / 1e6;
  await ask({ port: simulator.port, headers: HEADERS });
  await simulator.close();
  const afterMs = Number(process.hrtime.bigint()) / 1e6;
  const [record] = simulator.truth;
  assert.ok(record);
  const instants = [
    beforeMs,
    record.receivedAtMs,
    record.headersAtMs ?? 0,
    ...record.writes,
    record.endedAtMs,
    afterMs,
  ];
  assert.deepEqual(
    instants,
    instants.toSorted((a, b) => a - b),
  );
});

test('a truth file that cannot be opened is an error at the start', async () => {
  const options = { ...DEFAULT_OPTIONS, port: 0, truthFile: '/nowhere/at/all/truth.jsonl' };
  await assert.rejects(startSimulator(options), { code: 'ENOENT' });
});

// /dev/full is Linux's disk that is always full.
test('a full disk is an error, at once and at close', { skip: !existsSync('/dev/full') }, async () => {
  const simulator = await startSimulator({ ...DEFAULT_OPTIONS, port: 0, truthFile: '/dev/full' });
  await ask({ port: simulator.port, headers: HEADERS });
  assert.match((await simulator.failed).message, /truth file cannot be written/);
  await assert.rejects(simulator.close(), /truth file cannot be written/);
});
