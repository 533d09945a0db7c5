import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { checkSizes } from '../../scripts/check-sizes.ts';
import { findFunctions } from '../../scripts/functions.ts';

const SHORT = 'export const a = 1;\n';
const lines = (count: number): string => SHORT.repeat(count);
/** A function of so many lines. */
const long = (count: number): string => `function long(): void {\n${'  work();\n'.repeat(count - 2)}}\n`;
const exception = (path: string): string => JSON.stringify([{ path, reason: 'a table that is read as one' }]);

describe('the size budget', () => {
  test('of this repository holds', () => {
    const { violations, functions } = checkSizes(join(import.meta.dirname, '../..'));
    assert.deepEqual(violations, []);
    assert.ok(functions > 0);
  });

  test('warns from 301 lines and fails from 401', () => {
    assert.deepEqual(check({ 'src/a.ts': lines(300) }), { violations: [], warnings: [] });
    assert.match(check({ 'src/a.ts': lines(301) }).warnings.join(), /^src\/a\.ts: 301 lines, better 300/);
    assert.deepEqual(check({ 'src/a.ts': lines(400) }).violations, []);
    assert.deepEqual(check({ 'bench/a.ts': lines(401) }).violations, ['bench/a.ts: 401 lines, at most 400']);
  });

  test('gives a test 600 lines, and functions of any length', () => {
    assert.deepEqual(check({ 'src/a.test.ts': long(600) }), { violations: [], warnings: [] });
    assert.deepEqual(check({ 'test/support/a.ts': lines(601) }).violations, [
      'test/support/a.ts: 601 lines, at most 600',
    ]);
  });

  test('warns of a function from 51 lines and fails from 81', () => {
    assert.deepEqual(check({ 'src/a.ts': long(50) }), { violations: [], warnings: [] });
    assert.match(check({ 'src/a.ts': long(51) }).warnings.join(), /^src\/a\.ts:1 long: 51 lines, better 50/);
    assert.deepEqual(check({ 'scripts/a.ts': SHORT + long(81) }).violations, [
      'scripts/a.ts:2 long: 81 lines, at most 80',
    ]);
  });

  test('fails at four positional parameters', () => {
    assert.deepEqual(check({ 'src/a.ts': 'const f = (a: A, b: B, c: C) => a;\n' }).violations, []);
    assert.deepEqual(check({ 'src/a.ts': 'const f = (a: A, b: B, c: C, d: D) => a;\n' }).violations, [
      'src/a.ts:1 f: 4 positional parameters, at most 3',
    ]);
  });

  test('makes exceptions for files that are listed, while they need it', () => {
    const list = { 'scripts/size-exceptions.json': exception('src/a.ts') };
    assert.deepEqual(check({ ...list, 'src/a.ts': lines(401) }).violations, []);
    const stale = ['scripts/size-exceptions.json: src/a.ts needs no exception any more; take it out'];
    assert.deepEqual(check({ ...list, 'src/a.ts': lines(301) }).violations, stale);
    assert.deepEqual(check(list).violations, stale);
  });

  test('wants a reason for each exception', () => {
    const list = { 'scripts/size-exceptions.json': '[{ "path": "src/a.ts", "reason": " " }]' };
    assert.throws(() => check(list), /must be a list of/);
  });
});

describe('the scanner finds', () => {
  const cases: readonly (readonly [source: string, found: readonly string[]])[] = [
    ['function f() {}', ['f 0']],
    ['export async function* walk<T extends Map<string, number>>(a: T, b = 1): AsyncGenerator<T> {}', ['walk 2']],
    ['export function f(a: string): string;\nexport function f(a: string) {}', ['f 1']],
    ['call(function () {});', ['(function) 0']],
    ['const f = (a: Map<string, number>, { b, c }: { b: B; c: C }, [d, e] = [1, 2]) => a;', ['f 3']],
    ['const f = async <T,>(a: T, ...rest: T[]): Promise<Map<T, T>> => a;', ['f 2']],
    ['const f = (a: A,\n  b: B,\n): b is { c: C } & D => true;', ['f 2']],
    ['const f = (a: A): (B | C) => a;', ['f 1']],
    ['const f = (a: A): ((b: B) => C) => (b) => a;', ['f 1', '(arrow) 1', '(arrow) 1']],
    ['const f = (): A extends B ? C : D => a;', ['f 0']],
    [
      'class A {\n  readonly #a = 1;\n  constructor(a: A) { super(a); }\n  static async #b(c: C): Promise<{ d: D }> {}\n  get e(): E { return 1; }\n}',
      ['constructor 1', '#b 1', 'e 0'],
    ],
    [
      'const o = { f(a) {}, "g-h"(a, b): void {}, [Symbol.iterator]() {}, i: (a) => a };',
      ['f 1', '"   " 2', '] 0', 'i 1'],
    ],
    ['function f(this: Window, a: A): asserts a is B {}', ['f 1']],
    ['if (a) {} else if (b(c)) {} for (const d of e(f)) {} while (g) {} switch (h(i)) {} try {} catch (j) {}', []],
    ['const a = b ? c(d) : { e: f };\nconst g = h ? i(j, k, l, m) : (n) => n;', ['(arrow) 1']],
    ['interface Port {\n  open(a: A, b: B, c: C, d: D): void;\n  on: (e: E) => void;\n}', ['on 1']],
    ['const s = "function f(a, b, c, d) {"; // (a, b, c, d) => {\nconst r = /(a, b) => {/;', []],
    [`const t = \`\${list.map((a, b) => \`\${a}{\`)}\`;`, ['(arrow) 2']],
    ['a.toString(constructor(1), (b) => b.valueOf());', ['(arrow) 1']],
  ];

  for (const [source, found] of cases) {
    test(`${found.join(', ') || 'nothing'} in ${source.replaceAll('\n', ' ').slice(0, 60)}`, () => {
      assert.deepEqual(
        findFunctions(source).map(({ name, parameters }) => `${name} ${parameters}`),
        found,
      );
    });
  }

  test('where a function starts and ends', () => {
    const source =
      'const a = 1;\n\nexport function f(\n  b: B,\n): () => void {\n  return () => {\n    b();\n  };\n}\nf();\n';
    assert.deepEqual(
      findFunctions(source).map(({ name, line, lines: count }) => [name, line, count]),
      [
        ['f', 3, 7],
        ['(arrow)', 5, 1],
        ['(arrow)', 6, 3],
      ],
    );
  });

  test('the end of an arrow function without braces', () => {
    const source = 'const f = (a) =>\n  a.map((b) => ({\n    b,\n  }));\n\nconst c = 1;\n';
    assert.deepEqual(
      findFunctions(source).map(({ name, lines: count }) => [name, count]),
      [
        ['f', 4],
        ['(arrow)', 3],
      ],
    );
  });
});

function check(tree: Readonly<Record<string, string>>): { violations: readonly string[]; warnings: readonly string[] } {
  const root = mkdtempSync(join(tmpdir(), 'llm-bench-sizes-'));
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { violations, warnings } = checkSizes(root);
    return { violations, warnings };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
