import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkClock, checkFiles, checkGovernor, checkNode, eventLoopCheck, loadCheck, quotaCheck } from './machine.ts';

const files =
  (content: Readonly<Record<string, string>>) =>
  async (path: string): Promise<string | undefined> =>
    content[path];

const NOTHING = files({});

for (const [version, level] of [
  ['v26.10.0', 'ok'],
  ['v24.12.0', 'ok'],
  ['v24.11.9', 'fail'],
  ['v22.99.0', 'fail'],
] as const) {
  test(`Node ${version}: ${level}`, () => {
    assert.equal(checkNode(version).level, level);
  });
}

test('a container may have fewer cores than the machine', () => {
  assert.equal(quotaCheck('150000 100000', 2)?.text, 'this container may use 1.5 of 2 cores');
  for (const none of ['max 100000', '200000 100000', undefined, '']) assert.equal(quotaCheck(none, 2), undefined);
});

test('load above half of the cores is other work', () => {
  assert.deepEqual([loadCheck(1, 2)?.level, loadCheck(1.01, 2)?.level], ['ok', 'warn']);
});

test('what a system does not tell is not held against it', async () => {
  assert.equal((await checkGovernor(NOTHING)).level, 'ok');
  assert.equal((await checkFiles(NOTHING, 1e9)).level, 'ok');
});

test('a governor that saves power makes short loads slow', async () => {
  const path = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
  assert.equal((await checkGovernor(files({ [path]: 'powersave' }))).level, 'warn');
  assert.equal((await checkGovernor(files({ [path]: 'performance' }))).level, 'ok');
});

test('every connection is a file, beside some others', async () => {
  const limits = (soft: string): ReturnType<typeof files> =>
    files({
      '/proc/self/limits': `Max cpu time  unlimited unlimited seconds\nMax open files            ${soft}  524288  files`,
    });
  assert.equal((await checkFiles(limits('1024'), 960)).level, 'ok');
  const few = await checkFiles(limits('1024'), 961);
  assert.deepEqual([few.level, few.todo], ['fail', 'for 961 at a time: ulimit -n 1025']);
  assert.equal((await checkFiles(limits('unlimited'), 1e9)).level, 'ok');
});

test('a clock may be fine, coarse, slow or wrong', async () => {
  const levels = async (readings: (index: number) => number, source?: string): Promise<string | undefined> => {
    let index = 0;
    const clock = { nowMs: () => readings(index++) };
    const path = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
    const [check] = await checkClock(clock, files(source === undefined ? {} : { [path]: source }));
    return check?.level;
  };
  assert.equal(await levels((index) => index / 1_000), 'ok');
  assert.equal(await levels((index) => Math.floor(index / 100)), 'warn');
  assert.equal(await levels((index) => index / 1_000, 'hpet'), 'warn');
  assert.equal(await levels((index) => (index === 500 ? 0 : index / 1_000)), 'fail');
});

test('an event loop that is late makes runs invalid', () => {
  assert.deepEqual(
    [0.5, 2.5, 10.5].map((p99Ms) => eventLoopCheck({ p50Ms: 0.1, p99Ms }).level),
    ['ok', 'warn', 'fail'],
  );
});
