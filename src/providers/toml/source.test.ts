import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readToml, type TomlPair, type TomlSource } from './source.ts';

const TEXT = `\uFEFF# top
a = "é😀" # x
[p."a b"]
x = { b = 1, c = {d = [1,2, # hi
3]}, } # tail
 y . z="1"
[[q]]
id=1
[q.sub]
w=1
[[q]]
id=2
[[q.r]]
t=1
[ j . "ʎ" . 'l' ] # c
m = """
[no]
"""`.replaceAll('\n', '\r\n');

const SOURCE: TomlSource = readToml(TEXT);

test('each header stands where it says, lists counted', () => {
  const headers = SOURCE.blocks.slice(1).map(({ path, start, headerEnd }) => [path, TEXT.slice(start, headerEnd)]);
  assert.deepEqual(headers, [
    [['p', 'a b'], '[p."a b"]'],
    [['q', 0], '[[q]]'],
    [['q', 0, 'sub'], '[q.sub]'],
    [['q', 1], '[[q]]'],
    [['q', 1, 'r', 0], '[[q.r]]'],
    [['j', 'ʎ', 'l'], `[ j . "ʎ" . 'l' ]`],
  ]);
});

test('each pair stands where it says, with its value, also behind a byte order mark', () => {
  const all = (pairs: readonly TomlPair[]): readonly TomlPair[] => pairs.flatMap((pair) => [pair, ...all(pair.inner)]);
  const pairs = all(SOURCE.blocks.flatMap(({ pairs: own }) => own));
  const seen = pairs.map(({ path, start, end, valueStart }) => [
    path.join('/'),
    TEXT.slice(start, end),
    TEXT.slice(valueStart, end),
  ]);
  assert.deepEqual(seen.slice(0, 6), [
    ['a', 'a = "é😀"', '"é😀"'],
    ['p/a b/x', 'x = { b = 1, c = {d = [1,2, # hi\r\n3]}, }', '{ b = 1, c = {d = [1,2, # hi\r\n3]}, }'],
    ['p/a b/x/b', 'b = 1', '1'],
    ['p/a b/x/c', 'c = {d = [1,2, # hi\r\n3]}', '{d = [1,2, # hi\r\n3]}'],
    ['p/a b/x/c/d', 'd = [1,2, # hi\r\n3]', '[1,2, # hi\r\n3]'],
    ['p/a b/y/z', 'y . z="1"', '"1"'],
  ]);
  assert.deepEqual(seen.at(-1), ['j/ʎ/l/m', 'm = """\r\n[no]\r\n"""', '"""\r\n[no]\r\n"""']);
});

test('each comment stands where it says', () => {
  const comments = SOURCE.comments.map(({ start, end }) => TEXT.slice(start, end));
  assert.deepEqual(comments.sort(), ['# c', '# hi', '# tail', '# top', '# x']);
});

for (const [path, line] of [
  [['a'], 2],
  [['p'], 3],
  [['p', 'a b', 'x', 'c', 'd', 0], 4],
  [['p', 'a b', 'x', 'c', 'd', 2], 5],
  [['p', 'a b', 'none'], 3],
  [['q', 0, 'sub', 'w'], 10],
  [['q', 1, 'id'], 12],
  [['q', 1, 'r', 0, 't'], 14],
  [['j', 'ʎ', 'l', 'm'], 16],
  [['none'], 1],
] as const) {
  test(`${path.join('/')} is at line ${line}`, () => {
    assert.equal(SOURCE.lineOf(path), line);
  });
}
