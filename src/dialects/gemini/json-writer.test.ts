import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Fields } from '../json.ts';
import { JsonWriter } from './json-writer.ts';

describe('arguments in pieces', () => {
  const rows: readonly (readonly [what: string, partials: readonly Fields[], texts: readonly string[]])[] = [
    ['are nothing when none come', [], ['']],
    ['hold one value', [{ jsonPath: '$.days', numberValue: 3 }], ['{"days":3', '}']],
    [
      'hold values of every kind',
      [
        { jsonPath: '$.a', boolValue: false },
        { jsonPath: '$.b', nullValue: 'NULL_VALUE' },
        { jsonPath: '$.c', stringValue: '' },
        { jsonPath: '$.d', numberValue: 0 },
      ],
      ['{"a":false', ',"b":null', ',"c":""', ',"d":0', '}'],
    ],
    [
      'hold a string in parts, ended by an empty one',
      [
        { jsonPath: '$.city', stringValue: 'Sankt "Gal', willContinue: true },
        { jsonPath: '$.city', stringValue: 'len"\n', willContinue: true },
        { jsonPath: '$.city', stringValue: '' },
      ],
      ['{"city":"Sankt \\"Gal', 'len\\"\\n', '"', '}'],
    ],
    [
      'hold a string that is ended twice',
      [
        { jsonPath: '$.city', stringValue: 'Linz' },
        { jsonPath: '$.city', stringValue: '' },
      ],
      ['{"city":"Linz"', '', '}'],
    ],
    [
      'hold a string that was never ended',
      [
        { jsonPath: '$.a', stringValue: 'x', willContinue: true },
        { jsonPath: '$.b', stringValue: 'y', willContinue: true },
      ],
      ['{"a":"x', '","b":"y', '"}'],
    ],
    [
      'lie as deep as their path',
      [
        { jsonPath: '$.stops[0].city', stringValue: 'Linz' },
        { jsonPath: '$.stops[0].at[0]', numberValue: 9 },
        { jsonPath: '$.stops[0].at[1]', numberValue: 10 },
        { jsonPath: '$.stops[1].city', stringValue: 'Graz' },
        { jsonPath: "$['is back']", boolValue: true },
      ],
      ['{"stops":[{"city":"Linz"', ',"at":[9', ',10', ']},{"city":"Graz"', '}],"is back":true', '}'],
    ],
    ['leave out what is no value', [{ jsonPath: '$.a' }, { stringValue: 'x' }, {}], ['', '', '', '']],
  ];
  for (const [what, partials, texts] of rows) {
    test(what, () => {
      const writer = new JsonWriter();
      assert.deepEqual([...partials.map((partial) => writer.write(partial)), writer.end()], texts);
    });
  }

  test('are the arguments when joined, whatever these are', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/[.[\]'"]/.test(text) && text !== '__proto__');
    const { tree } = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
      list: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
      tree: fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
      node: fc.oneof({ depthSize: 'small' }, tie('leaf'), tie('list'), tie('tree')),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const writer = new JsonWriter();
        const texts = [...partialsOf('$', value)].map((partial) => writer.write(partial));
        assert.deepEqual(JSON.parse(texts.join('') + writer.end()), value);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});

/** The pieces of a value, strings in three parts. */
function* partialsOf(jsonPath: string, value: unknown): Generator<Fields> {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) yield* partialsOf(`${jsonPath}[${index}]`, member);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* partialsOf(`${jsonPath}.${key}`, member);
  } else if (typeof value === 'string') {
    const half = value.length / 2;
    yield { jsonPath, stringValue: value.slice(0, half), willContinue: true };
    yield { jsonPath, stringValue: value.slice(half), willContinue: true };
    yield { jsonPath, stringValue: '' };
  } else if (typeof value === 'number') yield { jsonPath, numberValue: value };
  else if (typeof value === 'boolean') yield { jsonPath, boolValue: value };
  else yield { jsonPath, nullValue: 'NULL_VALUE' };
}
