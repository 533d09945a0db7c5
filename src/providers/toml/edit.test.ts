import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { editToml, type TomlEdit, TomlEditError, type TomlTable } from './edit.ts';
import type { TomlValue } from './literal.ts';
import { readToml, TomlError } from './source.ts';

const set = (path: string, value: TomlValue): TomlEdit => ({ kind: 'set', path: path.split('/'), value });
const remove = (path: string): TomlEdit => ({ kind: 'remove', path: path.split('/') });
const add = (path: string, value: TomlTable): TomlEdit => ({ kind: 'add-table', path: path.split('/'), value });

/** With carriage returns, a byte order mark, comments at every place, dates, and several ways to write a table. */
const ODD = `\uFEFF# licence of the file

# about a
[providers."gateway-a"] # beside the header
# above the model
model = 'vendor/model'   # beside the model
temperature=0.20

[providers."gateway-a".extra_headers]
X-Team = "bench"
# right below

# about b
[providers.b]
extra_headers.A = "x"
models = [
  "a", # one
  "b",
]
since = 1979-05-27T07:32:00Z
big = 0xFF
[[providers.b.list]]
id = "é😀"

# the end
`.replaceAll('\n', '\r\n');

describe('a file of many styles', () => {
  test('setting what is there already changes nothing, however it is written', () => {
    assert.equal(editToml(ODD, [set('providers/gateway-a/temperature', 0.2)]), ODD);
    assert.equal(editToml(ODD, [set('providers/b/big', 255)]), ODD);
  });

  test('another value takes the place of the old one and of nothing else', () => {
    const changed = editToml(ODD, [set('providers/gateway-a/model', 'm'), set('providers/b/since', 'long')]);
    const expected = ODD.replace("'vendor/model'", '"m"').replace('1979-05-27T07:32:00Z', '"long"');
    assert.equal(changed, expected);
  });

  test('a new value is a line of its own, with the line end of the file', () => {
    const changed = editToml(ODD, [set('providers/gateway-a/timeout_s', 60)]);
    assert.equal(changed, ODD.replace('temperature=0.20\r\n', 'temperature=0.20\r\ntimeout_s = 60\r\n'));
  });

  test('a new value goes where its neighbours are: under their header, or dotted as they are', () => {
    const changed = editToml(ODD, [
      set('providers/gateway-a/extra_headers/X-Key', 'k'),
      set('providers/b/extra_headers/B', 'y'),
    ]);
    const expected = ODD.replace('"bench"\r\n', '"bench"\r\nX-Key = "k"\r\n').replace(
      'A = "x"\r\n',
      'A = "x"\r\nextra_headers.B = "y"\r\n',
    );
    assert.equal(changed, expected);
  });

  test('a table that was not there gets a header of its own, under its provider', () => {
    const changed = editToml(ODD, [set('providers/gateway-a/params/seed', 1)]);
    const table = '\r\n[providers."gateway-a".params]\r\nseed = 1\r\n';
    assert.equal(changed, ODD.replace('temperature=0.20\r\n', `temperature=0.20\r\n${table}`));
  });

  test('a provider goes with its comments, and those of others stay', () => {
    const changed = editToml(ODD, [remove('providers/gateway-a')]);
    const start = ODD.indexOf('# about a');
    assert.equal(changed, ODD.slice(0, start) + ODD.slice(ODD.indexOf('# about b')));
  });

  test('a provider goes with all its tables, lists and dotted names', () => {
    const changed = editToml(ODD, [remove('providers/b')]);
    const start = ODD.indexOf('# about b');
    assert.equal(changed, ODD.slice(0, start) + ODD.slice(ODD.indexOf('# the end')));
  });

  test('a value goes with what stands beside it; what stands above it stays', () => {
    const changed = editToml(ODD, [remove('providers/gateway-a/model'), remove('providers/b/models')]);
    const expected = ODD.replace("model = 'vendor/model'   # beside the model\r\n", '').replace(
      /models = \[[^\]]*\]\r\n/,
      '',
    );
    assert.equal(changed, expected);
  });

  test('a new table comes last, after a blank line', () => {
    const changed = editToml(ODD, [
      add('providers/é "c"', { model: 'x', models: ['y', { id: 'z', region: 'eu' }], extra_headers: { 'A b': '' } }),
    ]);
    const table = [
      '',
      '[providers."é \\"c\\""]',
      'model = "x"',
      'models = ["y", { id = "z", region = "eu" }]',
      '',
      '[providers."é \\"c\\"".extra_headers]',
      '"A b" = ""',
      '',
    ].join('\r\n');
    assert.equal(changed, ODD + table);
  });

  test('a list of tables is written as tables', () => {
    const changed = editToml('', [add('providers/x', { models: [{ id: 'a', params: { seed: 1 } }, { id: 'b' }] })]);
    const lines = [
      '[providers."x"]',
      '',
      '[[providers."x".models]]',
      'id = "a"',
      '',
      '[providers."x".models.params]',
      'seed = 1',
      '',
      '[[providers."x".models]]',
      'id = "b"',
      '',
    ];
    assert.equal(changed, lines.join('\n'));
  });

  for (const [what, edit, says] of [
    ['a list with comments in it', set('providers/b/models', ['c']), /comments that would be lost/],
    ['a list that is written as tables', set('providers/b/list', ['c']), /written as tables/],
  ] as const) {
    test(`${what} is not replaced`, () => {
      assert.throws(() => editToml(ODD, [edit]), says);
    });
  }
});

for (const [text, edit, expected] of [
  // One line for all.
  ['providers = { x = { a = 1 } }', set('providers/x/b', 2), 'providers = { x = { a = 1, b = 2 } }'],
  ['providers = { x = { a = 1, }, }', set('providers/x/b', 2), 'providers = { x = { a = 1, b = 2, }, }'],
  ['providers = { x = {} }', set('providers/x/b', 2), 'providers = { x = { b = 2 } }'],
  ['providers = { x = { a = 1 } }', add('providers/y', { b: 2 }), 'providers = { x = { a = 1 }, y = { b = 2 } }'],
  ['providers = { x = { a = 1 }, y = { b = 2 } } # end', remove('providers/x'), 'providers = { y = { b = 2 } } # end'],
  ['providers = { x = { a = 1 }, y = { b = 2 } }', remove('providers/y'), 'providers = { x = { a = 1 } }'],
  ['[providers]\nx = { a = 1, b = 2 } # x', remove('providers/x/b'), '[providers]\nx = { a = 1 } # x'],
  ['[providers]\nx = { a = 1 } # x\ny.a = 1\n', remove('providers/x'), '[providers]\ny.a = 1\n'],
  // TOML 1.1: a table over several lines.
  ['[p]\nx = {\n  a = 1, # one\n  b = 2,\n}\n', set('p/x/c', 3), '[p]\nx = {\n  a = 1, # one\n  b = 2, c = 3,\n}\n'],
  // Dotted from the top.
  [
    'providers.x.a = 1\nproviders.y.a = 1',
    set('providers/x/b', 2),
    'providers.x.a = 1\nproviders.x.b = 2\nproviders.y.a = 1',
  ],
  ['providers.x.a = 1\nproviders.y.a = 1', remove('providers/x'), 'providers.y.a = 1'],
  ['providers.x.a = 1', set('providers/x/t/b', 2), 'providers.x.a = 1\nproviders.x.t = { b = 2 }'],
  // A header within a text is no header, a mark within one no comment.
  ['[p.x]\na = """\n[p.y]\n# no\n"""\n[p.z]\nb = 1\n', remove('p/x'), '[p.z]\nb = 1\n'],
  ['[p.x]\na = "# no" # yes\n', set('p/x/a', 'b'), '[p.x]\na = "b" # yes\n'],
  // Indentation, and blanks within a header.
  ['[ p . "x" ]\n\t a = 1\n', set('p/x/b', 2), '[ p . "x" ]\n\t a = 1\n\t b = 2\n'],
  ['[p.x]\n[p.y]\n', set('p/x/b', true), '[p.x]\nb = true\n[p.y]\n'],
  // Blank lines do not pile up.
  ['[p.x]\na = 1\n\n[p.y]\na = 1\n\n[p.z]\na = 1\n', remove('p/y'), '[p.x]\na = 1\n\n[p.z]\na = 1\n'],
  ['[p.x]\na = 1\n\n[p.y]\na = 1\n', remove('p/y'), '[p.x]\na = 1\n'],
  ['[p.x]\na = 1\n\n[p.y]\na = 1\n', remove('p/x'), '[p.y]\na = 1\n'],
  ['[p.x]\na = 1\n[p.y]\na = 1\n\n[p.z]\na = 1\n', remove('p/y'), '[p.x]\na = 1\n\n[p.z]\na = 1\n'],
  // What is right above another table is about that one.
  ['[p.x]\na = 1\n# about y\n[p.y]\na = 1\n', remove('p/x'), '# about y\n[p.y]\na = 1\n'],
  ['# of the file\n[p.x]\na = 1\n', remove('p/x'), '# of the file\n'],
  ['a = 1\n', remove('p/x'), 'a = 1\n'],
  ['', add('p/x', { a: 1 }), '[p."x"]\na = 1\n'],
  ['a = 1', add('p/x', { a: 1 }), 'a = 1\n\n[p."x"]\na = 1\n'],
  ['a = 1\n\n', add('p/x', { a: 1 }), 'a = 1\n\n[p."x"]\na = 1\n'],
] as const) {
  test(`${JSON.stringify(text)} with ${JSON.stringify(edit)}`, () => {
    assert.equal(editToml(text, [edit]), expected);
  });
}

for (const [what, text, edit] of [
  ['a comment beside what goes', '[p]\nx = {\n  a = 1, # one\n  b = 2,\n}\n', remove('p/x/a')],
  ['a dotted name within an inline table', '[p]\nx = { t.a = 1 }\n', set('p/x/t/b', 2)],
  ['a value in place of a table', '[p.x]\na = 1\n', set('p/x', 2)],
  ['a place beneath a value', 'p = 1\n', set('p/x', 2)],
] as const) {
  test(`${what} is refused rather than guessed`, () => {
    assert.throws(() => editToml(text, [edit]), TomlEditError);
  });
}

test('what is no TOML is refused with its line', () => {
  assert.throws(
    () => editToml('a = 1\nb = \n', [set('a', 2)]),
    (error) => error instanceof TomlError && error.line === 2,
  );
});

test('texts and numbers come back as they went in', () => {
  const values = [
    '',
    'plain',
    'a "quoted" \\ one',
    'two\nlines\r\n',
    '\u0000\u0007\u007f\u0085\u2028',
    'é😀',
    '#',
    "'",
  ];
  const written = editToml('', [
    add('p/x', { values, numbers: [0, -1, 0.1, 1e21, 5e-324, 1e300], truth: [true, false] }),
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(readToml(written).value['p'])), {
    x: { values, numbers: [0, -1, 0.1, 1e21, 5e-324, 1e300], truth: [true, false] },
  });
});

test('what TOML cannot hold is refused', () => {
  assert.throws(() => editToml('', [add('p/x', { a: '\ud800' })]), /half of a character/);
  assert.throws(() => editToml('', [add('p/x', { a: Number.NaN })]), /finite/);
});

/** Files as people write them: tables in several styles, comments and blank lines anywhere. */
const NAME = fc.constantFrom('a', 'b-c', 'd.e', 'f g', 'é');
const quoted = (name: string): string => JSON.stringify(name);
const style = fc.record({
  name: NAME,
  form: fc.constantFrom('header', 'inline', 'dotted'),
  before: fc.constantFrom('', '\n', '# note\n', '# note\n\n', '\n\n# note\n'),
  tail: fc.constantFrom('', ' # beside', '\t'),
  hasHeaders: fc.boolean(),
});
type Style = typeof style extends fc.Arbitrary<infer T> ? T : never;

function written(styles: readonly Style[], lineEnd: string): string {
  const one = ({ name, form, before, tail, hasHeaders }: Style): string => {
    const key = quoted(name);
    const headers = hasHeaders ? `${before}[providers.${key}.extra_headers]${tail}\nX = "1"${tail}\n` : '';
    if (form === 'header')
      return `${before}[providers.${key}]${tail}\n${before}model = "m"${tail}\nn = 0x0A\n${headers}`;
    if (form === 'inline') return `${before}${key} = { model = "m", h = { X = "1" } }${tail}\n`;
    return `${before}${key}.model = "m"${tail}\n${key}.n = 1_000\n`;
  };
  const inTable = styles.filter(({ form }) => form !== 'header');
  const others = styles.filter(({ form }) => form === 'header');
  const top = inTable.length === 0 ? '' : `[providers] # all\n${inTable.map(one).join('')}`;
  return `${top}${others.map(one).join('')}`.replaceAll('\n', lineEnd);
}

test('whatever the style: a change adds or removes its own lines and touches no other', () => {
  const styles = fc.uniqueArray(style, { selector: ({ name }) => name, minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(styles, fc.constantFrom('\n', '\r\n'), fc.nat(3), (files, lineEnd, pick) => {
      const text = written(files, lineEnd);
      const chosen = files[pick % files.length] as Style;
      const path = ['providers', chosen.name];
      const grown = editToml(text, [{ kind: 'set', path: [...path, 'timeout_s'], value: 60 }]);
      assert.ok(isWithin(text, grown), 'setting only inserts');
      const added = editToml(text, [{ kind: 'add-table', path: ['providers', 'new one'], value: { model: 'x' } }]);
      assert.ok(added.startsWith(text), 'adding only appends');
      const linesBefore = text.split(lineEnd);
      const less = editToml(text, [{ kind: 'remove', path }]);
      assert.ok(isSubsequence(less.split(lineEnd), linesBefore), 'removing only takes lines away');
      assert.ok(!less.includes(`${quoted(chosen.name)}.`) && !less.includes(`.${quoted(chosen.name)}]`));
    }),
    { numRuns: 300, seed: 7 },
  );
});

/** Whether `whole` is `part` with one piece put in. */
function isWithin(part: string, whole: string): boolean {
  let start = 0;
  while (start < part.length && part[start] === whole[start]) start++;
  return whole.endsWith(part.slice(start));
}

function isSubsequence(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const line of whole) if (line === part[at]) at++;
  return at === part.length;
}
