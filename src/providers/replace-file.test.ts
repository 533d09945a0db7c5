import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { Clock } from '../clock.ts';
import { decodeText, replaceFile } from './replace-file.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llm-bench-replace-'));
  file = join(folder, 'a.toml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const append = (bytes: Uint8Array | undefined): string => `${bytes === undefined ? '' : decodeText(bytes)}+`;

test('a file that is not there is made', async () => {
  await replaceFile(file, append);
  assert.equal(readFileSync(file, 'utf8'), '+');
  assert.deepEqual(readdirSync(folder), ['a.toml']);
});

test('mode and byte order mark are kept', async () => {
  writeFileSync(file, '\uFEFFa');
  chmodSync(file, 0o640);
  await replaceFile(file, append);
  assert.equal(readFileSync(file, 'utf8'), '\uFEFFa+');
  assert.equal(statSync(file).mode & 0o7777, 0o640);
});

test('what a link points to is changed, and the link stays', async () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real/b.toml'), 'b');
  symlinkSync('real/b.toml', file);
  await replaceFile(file, append);
  assert.ok(lstatSync(file).isSymbolicLink());
  assert.equal(readFileSync(join(folder, 'real/b.toml'), 'utf8'), 'b+');
});

test('a link to what is not there yet makes that', async () => {
  symlinkSync('later.toml', file);
  await replaceFile(file, append);
  assert.ok(lstatSync(file).isSymbolicLink());
  assert.equal(readFileSync(join(folder, 'later.toml'), 'utf8'), '+');
});

test('nothing is written where nothing changes', async () => {
  writeFileSync(file, 'a');
  const { ino } = statSync(file);
  await replaceFile(file, () => undefined);
  assert.equal(statSync(file).ino, ino);
  assert.deepEqual(readdirSync(folder), ['a.toml']);
});

test('an error on the way leaves the file as it was, and no traces', async () => {
  writeFileSync(file, 'a');
  await assert.rejects(
    replaceFile(file, () => {
      throw new Error('no');
    }),
    /^Error: no$/,
  );
  assert.equal(readFileSync(file, 'utf8'), 'a');
  assert.deepEqual(readdirSync(folder), ['a.toml']);
});

test('what another program wrote meanwhile is not overwritten', async () => {
  writeFileSync(file, 'a');
  const change = replaceFile(file, () => {
    writeFileSync(file, 'edited');
    return 'b';
  });
  await assert.rejects(change, { code: 'FILE_NOT_CHANGED', message: /another program changed it meanwhile/ });
  assert.equal(readFileSync(file, 'utf8'), 'edited');
  assert.deepEqual(readdirSync(folder), ['a.toml']);
});

test('of many changes at the same time none is lost', async () => {
  await Promise.all(Array.from({ length: 20 }, () => replaceFile(file, append)));
  assert.equal(readFileSync(file, 'utf8'), '+'.repeat(20));
});

test('a change that never ends is waited for 5 s, and then named', async () => {
  writeFileSync(`${file}.lock`, '');
  const clock = createHastyClock();
  const change = replaceFile(file, append, clock);
  await assert.rejects(change, { code: 'FILE_NOT_CHANGED', hint: /remove .*a\.toml\.lock/ });
  assert.equal(clock.nowMs(), 5_000);
  assert.ok(existsSync(`${file}.lock`), 'it is not ours');
});

for (const [what, path, says] of [
  ['a folder that is not there', 'none/a.toml', /its folder is not there/],
  ['a file in place of a folder', 'plain/a.toml', /its folder is not there/],
  ['a folder in place of the file', 'folder', /it is a folder/],
] as const) {
  test(`${what} is said`, async () => {
    writeFileSync(join(folder, 'plain'), '');
    mkdirSync(join(folder, 'folder'));
    await assert.rejects(replaceFile(join(folder, path), append), { code: 'FILE_NOT_CHANGED', message: says });
    assert.deepEqual(readdirSync(folder).sort(), ['folder', 'plain']);
  });
}

/** Whoever sleeps by it wakes at once, and so much later. */
function createHastyClock(): Clock {
  let nowMs = 0;
  return {
    nowMs: () => nowMs,
    epochMs: () => nowMs,
    after(delayMs, callback) {
      nowMs += delayMs;
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    },
    soon: () => () => undefined,
  };
}
