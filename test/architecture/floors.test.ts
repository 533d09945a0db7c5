import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { checkFloors } from '../../scripts/check-floors.ts';
import { blankOut } from '../../scripts/source-text.ts';

type Tree = Readonly<Record<string, string>>;

/** A house in order: as many imports as files, one of each kind. */
const SOUND: Tree = {
  'package.json': '{ "dependencies": { "undici": "8.0.0" } }',
  'src/errors.ts': 'export const code = 1;\n',
  'src/clock.ts': 'export const nowMs = (): number => performance.now();\nsetTimeout(() => {}, 0);\n',
  'src/settings.ts':
    "import { code } from './errors.ts';\nexport const settings = { code, home: process.env['HOME'] };\n",
  'src/model/plan.ts': "export type { Run } from './run.ts';\nexport interface Plan { id: string }\n",
  'src/model/run.ts': 'export interface Run { id: string }\n',
  'src/wire/http.ts':
    "import { request } from 'undici';\nimport { nowMs } from '../clock.ts';\nexport { request, nowMs };\n",
  'src/store/store.ts':
    "import type { Run } from '../model/run.ts';\nexport interface Store { save(run: Run): void }\n",
  'src/store/open.ts':
    "export const open = () => import('./duckdb/store.ts');\nexport type { Store } from './store.ts';\n",
  'src/store/duckdb/store.ts':
    "import type { Store } from '../store.ts';\nexport const store: Store = { save() {} };\n",
  'src/app/start-run.ts':
    "import type { settings } from '../settings.ts';\nimport { open } from '../store/open.ts';\nimport type { Plan } from '../model/plan.ts';\nexport { open, type settings, type Plan };\n",
  'src/cli/commands/serve.ts': "import { server } from '../../server/server.ts';\nexport { server };\n",
  'src/server/server.ts': "import { open } from '../app/start-run.ts';\nexport const server = open;\n",
  'src/measuring-thread.ts': "import './wire/http.ts';\n",
  'src/main.ts':
    "import './cli/commands/serve.ts';\nimport './settings.ts';\nnew URL('./measuring-thread.ts', import.meta.url);\n",
};

describe('the floors', () => {
  test('of this repository hold', () => {
    const { violations, files, edges } = checkFloors(join(import.meta.dirname, '../..'));
    assert.deepEqual(violations, []);
    assert.ok(edges >= files && files > 0);
  });

  test('of a sound house hold, with every way to import counted', () => {
    assert.deepEqual(check({}), { violations: [], files: 14, edges: 16 });
  });

  const broken: readonly (readonly [what: string, tree: Tree, violation: RegExp])[] = [
    [
      'an import upward',
      { 'src/model/a.ts': "\nimport { x } from '../wire/http.ts';\n" },
      /^src\/model\/a\.ts:2 imports src\/wire\/http\.ts: floor 1 may not import floor 2 \(model may import nothing of ours\)$/,
    ],
    [
      'an import of a neighbour',
      { 'src/metrics/a.ts': "export * from '../wire/http.ts';\n" },
      /floor 2 may not import floor 2/,
    ],
    [
      'an import of a type upward',
      { 'src/wire/a.ts': "import type { Store } from '../store/store.ts';\n" },
      /a\.ts:1 imports src\/store\/store\.ts/,
    ],
    [
      'a lazy import upward',
      { 'src/wire/a.ts': "export const a = () => import('../app/start-run.ts');\n" },
      /floor 2 may not import floor 5/,
    ],
    [
      'a worker file upward',
      { 'src/engine/a.ts': "new URL('../main.ts', import.meta.url);\n" },
      /floor 4 may not import floor 8/,
    ],
    [
      'a worker file with a computed extension',
      { 'src/engine/a.ts': `new URL(\`../main\${extname(import.meta.url)}\`, import.meta.url);\n` },
      /imports src\/main\.ts: floor 4/,
    ],
    [
      'a port the engine was not given',
      { 'src/engine/a.ts': "import { open } from '../store/open.ts';\n" },
      /floor 4 may not import floor 2/,
    ],
    [
      'the value of the settings in a use case',
      { 'src/app/a.ts': "import { settings } from '../settings.ts';\n" },
      /floor 5 may not import floor 2 .*types of settings/,
    ],
    [
      'the server in any other command',
      { 'src/cli/commands/run.ts': "import '../../server/server.ts';\n" },
      /floor 7 may not import floor 6/,
    ],
    [
      'an adapter past its open file',
      { 'src/report/a.ts': "import { store } from '../store/duckdb/store.ts';\n" },
      /the adapter store\/duckdb is imported only by store\/open\.ts$/,
    ],
    [
      'an adapter by its own folder',
      { 'src/store/rows.ts': "import { store } from './duckdb/store.ts';\n" },
      /the adapter store\/duckdb/,
    ],
    [
      'an adapter by the composition root',
      { 'src/main.ts': "import './store/duckdb/store.ts';\n" },
      /the adapter store\/duckdb/,
    ],
    [
      'a folder without a floor',
      { 'src/cellar/a.ts': 'export const a = 1;\n' },
      /^src\/cellar stands on no floor: add it to the table/,
    ],
    [
      'a simulator that knows us',
      { 'src/simulator/a.ts': "import type { Run } from '../model/run.ts';\n" },
      /simulator may not import floor 1/,
    ],
    [
      'a browser that knows the wire',
      { 'web/src/a.tsx': "import { nowMs } from '../../src/wire/http.ts';\n" },
      /web may not import floor 2/,
    ],
    [
      'an import of nothing',
      { 'src/wire/a.ts': "import './gone.ts';\n" },
      /a\.ts:1 imports src\/wire\/gone\.ts, which does not exist$/,
    ],
    [
      'an import of nothing by a test',
      { 'src/wire/a.test.ts': "import './gone.ts';\n" },
      /gone\.ts, which does not exist$/,
    ],
    [
      'an import of a test',
      { 'src/wire/a.ts': "import './b.test.ts';\n", 'src/wire/b.test.ts': '' },
      /which is a test$/,
    ],
    [
      'an import whose name is computed',
      { 'src/wire/a.ts': 'export const a = (b: string) => import(b);\n' },
      /computed name/,
    ],
    [
      'a circle of types',
      {
        'src/model/a.ts': "import type { B } from './b.ts';\n",
        'src/model/b.ts': "import type { A } from './a.ts';\n",
      },
      /^src\/model\/a\.ts:1 is part of a circle: src\/model\/a\.ts → src\/model\/b\.ts → src\/model\/a\.ts$/,
    ],
    [
      'a package in a folder that does not own it',
      { 'src/dialects/a.ts': "import type { Agent } from 'undici/types/agent';\n" },
      /imports the package undici: only wire may$/,
    ],
    [
      'a package that nobody owns',
      { 'src/wire/a.ts': "import '@left/pad/deep';\n" },
      /imports the package @left\/pad: say in scripts\/floors\.ts/,
    ],
    [
      'a dependency that nobody owns',
      { 'package.json': '{ "dependencies": { "left-pad": "1.0.0" } }' },
      /^package\.json: .* owns left-pad$/,
    ],
    ['a driver outside its adapter', { 'src/store/a.ts': "import '@duckdb/node-api';\n" }, /only store\/duckdb may$/],
    [
      'a module of Node in the maths',
      { 'src/metrics/a.ts': "import { ok } from 'node:assert';\n" },
      /metrics imports no module of Node$/,
    ],
    [
      'files in the engine',
      { 'src/engine/a.ts': "import 'node:fs/promises';\n" },
      /imports node:fs\/promises: not in engine$/,
    ],
    ['a module of Node without its prefix', { 'src/app/a.ts': "import { join } from 'path';\n" }, /write node:path$/],
    [
      'sleeping in a use case',
      { 'src/app/a.ts': "import { scheduler } from 'node:timers/promises';\n" },
      /only src\/clock\.ts may$/,
    ],
    [
      'process.env',
      { 'src/app/a.ts': 'export const a = process.env;\n' },
      /^src\/app\/a\.ts:1 uses process\.env .*only src\/settings\.ts may$/,
    ],
    ['process.env taken apart', { 'src/app/a.ts': 'export const { env } = process;\n' }, /uses process\.env/],
    [
      'process.env in the simulator',
      { 'src/simulator/a.ts': "export const a = process['env'];\n" },
      /uses process\.env/,
    ],
    ['Math.random', { 'src/simulator/a.ts': 'export const a = Math.random();\n' }, /uses Math\.random .*nobody may/],
    ['Math.random in a test', { 'src/wire/a.test.ts': 'export const a = Math.random();\n' }, /uses Math\.random/],
    [
      'Date.now',
      { 'src/app/a.ts': `\nexport const a = \`\${Date.now()}\`;\n` },
      /^src\/app\/a\.ts:2 uses the clock \(Date\.now\)/,
    ],
    ['new Date', { 'src/app/a.ts': 'export const a = new Date(0);\n' }, /uses the clock/],
    ['performance.now', { 'src/app/a.ts': 'export const a = performance.now();\n' }, /uses the clock/],
    ['process.hrtime', { 'src/app/a.ts': 'export const a = process.hrtime.bigint();\n' }, /uses the clock/],
    ['setTimeout', { 'src/app/a.ts': 'setTimeout(() => {}, 1);\n' }, /uses a timer \(setTimeout\)/],
    [
      'setImmediate through the global object',
      { 'src/app/a.ts': 'globalThis.setImmediate(() => {});\n' },
      /uses a timer/,
    ],
    ['a file that says nothing', { 'src/app/utils.ts': '' }, /^src\/app\/utils\.ts: a file named utils collects/],
    ['a folder that says nothing', { 'test/helpers/a.ts': '' }, /^test\/helpers: a folder named helpers collects/],
    ['a second barrel', { 'src/wire/index.ts': '' }, /the only barrel is src\/index\.ts$/],
    ['a name in camel case', { 'src/wire/eventSource.ts': '' }, /files are named in kebab-case$/],
  ];

  for (const [what, tree, violation] of broken) {
    test(`do not hold with ${what}`, () => {
      const { violations } = check(tree);
      assert.equal(violations.length, 1, violations.join('\n'));
      assert.match(violations[0] ?? '', violation);
    });
  }

  test('are not judged from an empty graph', () => {
    assert.match(checkTree({}).violations.join('\n'), /^the check found no source file/);
  });

  test('are not judged from fewer imports than files', () => {
    const { violations } = checkTree({ 'src/errors.ts': '', 'src/random.ts': "import './errors.ts'" });
    assert.match(violations.join('\n'), /the check found 1 imports in 2 files/);
  });

  test('do not hold once model outgrows its share, in a house of some size', () => {
    const big = { 'src/model/a.ts': '// a\n'.repeat(600), 'src/wire/b.ts': '// b\n'.repeat(2_500) };
    assert.match(check(big).violations.join('\n'), /^src\/model is 19\.\d % of src by lines: it stays under 15\.0 %$/);
    assert.deepEqual(check({ 'src/model/a.ts': '// a\n'.repeat(600) }).violations, []);
  });

  test('are not judged by what only looks like code', () => {
    const text = [
      '// import x from "../main.ts"; Math.random()',
      '/** {@link import("../main.ts")} process.env */',
      `const a = 'Date.now()' + \`new Date() \${a.setTimeout(1)} Math.random()\`;`,
      "const b = /import '\\/main.ts'; [/'] Math.random/.test(a);",
      'type Timer = ReturnType<typeof setTimeout>;',
    ];
    assert.deepEqual(check({ 'src/app/a.ts': text.join('\n') }).violations, []);
  });

  test('leave tests free in time, environment and imports', () => {
    const text = "import '../main.ts';\nimport 'fast-check';\nsetTimeout(() => Date.now(), process.env.DELAY);\n";
    assert.deepEqual(check({ 'src/model/a.test.ts': text }).violations, []);
  });
});

test('blanked code keeps its length, its lines and the code inside templates', () => {
  const source = `a(\`x\${b({ c: \`y\${d}\` })}\nz\`); // e\nf = g / h / "i\\"" + /[/\`]"/u;`;
  const expected = 'a(`  (b({ c: `  (d)` }))\n `);     \nf = g / h / "   " + \'      \';';
  assert.equal(blankOut(source), expected);
});

function check(changes: Tree): ReturnType<typeof checkFloors> {
  const padding = Object.keys(changes).filter((path) => /^(src|web)\//.test(path)).length;
  return checkTree({ ...SOUND, ...changes, ...enoughImports(padding) });
}

/** Keeps the graph larger than its number of files, so that only the rule under test can fail. */
function enoughImports(count: number): Tree {
  if (count === 0) return {};
  const names = ['errors', 'clock', 'settings', 'wire/http', 'store/store', 'store/open', 'model/plan', 'model/run'];
  return { 'src/index.ts': names.map((name) => `export * from './${name}.ts';\n`).join('') };
}

function checkTree(tree: Tree): ReturnType<typeof checkFloors> {
  const root = mkdtempSync(join(tmpdir(), 'llm-bench-floors-'));
  try {
    for (const [path, text] of Object.entries(tree)) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return checkFloors(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
