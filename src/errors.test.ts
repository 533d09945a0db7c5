import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { AppError, ERROR_CODES, type ErrorCode } from './errors.ts';

test('a message and its hint are filled with details, texts and numbers alike', () => {
  const error = new AppError('FILE_MALFORMED', { file: 'p.yaml', line: 3, problem: 'no text', hint: 'add one' });
  assert.equal(error.message, 'p.yaml:3: no text');
  assert.equal(error.hint, 'add one');
  assert.deepEqual([error.name, error.code, error.exit], ['AppError', 'FILE_MALFORMED', 2]);
});

test('a detail is put in as it is: braces and dollar signs in it mean nothing', () => {
  const error = new AppError('FILE_UNREADABLE', { file: '{reason}$&$1', reason: 'gone' });
  assert.equal(error.message, 'cannot read {reason}$&$1: gone');
});

test('a detail that is used twice is filled in twice', () => {
  const error = new AppError('RUN_ID_TAKEN', { id: 'r1', db: 'b.duckdb' });
  assert.equal(error.message, 'a run r1 is already in b.duckdb');
  assert.equal(error.hint, 'choose another --run-id, or remove it: llm-bench report remove --run-id r1');
});

test('the cause is kept', () => {
  const cause = new Error('deep');
  assert.equal(new AppError('NO_RUNS', { db: 'x' }, { cause }).cause, cause);
});

/** One place that makes an error: its code, and the names of its details where they are written out. */
interface Thrower {
  readonly place: string;
  readonly code: string;
  readonly details: readonly string[] | undefined;
}

/** The text from an opening bracket to the one that closes it; brackets within strings are balanced in our sources. */
function bracketed(text: string, start: number): string {
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    if ('({['.includes(text[index] ?? ' ')) depth++;
    if (')}]'.includes(text[index] ?? ' ')) depth--;
    if (depth === 0) return text.slice(start, index + 1);
  }
  throw new Error(`an open bracket at ${start}`);
}

/** Names of the properties of an object literal; undefined for anything else, as a variable. */
function propertyNames(literal: string): readonly string[] | undefined {
  if (!literal.startsWith('{')) return undefined;
  let depth = 0;
  let inner = '';
  const quoteless = literal.slice(1, -1).replaceAll(/'[^'\n]*'|`[^`]*`/g, '""');
  for (const character of quoteless) {
    if ('({['.includes(character)) depth++;
    if (depth === 0) inner += character;
    if (')}]'.includes(character)) depth--;
  }
  return inner
    .split(',')
    .map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? '')
    .filter((name) => name !== '');
}

function findThrowers(): readonly Thrower[] {
  const root = import.meta.dirname;
  const files = globSync('**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] }).sort();
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/new AppError\(\s*'(\w+)',\s*/g)].map((match) => {
      const from = match.index + match[0].length;
      const literal = text[from] === '{' ? bracketed(text, from) : '';
      return { place: `src/${file}`, code: match[1] ?? '', details: propertyNames(literal) };
    });
  });
}

const THROWERS = findThrowers();

test('every code of the table is thrown somewhere, and no other', () => {
  assert.ok(THROWERS.length > 20);
  assert.deepEqual([...new Set(THROWERS.map(({ code }) => code))].sort(), Object.keys(ERROR_CODES).sort());
});

test('every thrower names exactly the details that its message and hint use', () => {
  const wrong = THROWERS.flatMap(({ place, code, details }) => {
    const { message, hint } = ERROR_CODES[code as ErrorCode];
    const used = [...new Set([...`${message} ${hint}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort();
    const given = details === undefined ? used : [...details].sort();
    return used.join() === given.join() ? [] : [`${place} ${code}: uses ${used}, given ${given}`];
  });
  assert.deepEqual(wrong, []);
});

test('hints are one line without a full stop, and codes say their kind', () => {
  for (const [code, { message, hint }] of Object.entries(ERROR_CODES)) {
    assert.match(code, /^[A-Z]+(?:_[A-Z]+)+$/);
    for (const text of [message, hint]) assert.doesNotMatch(text, /\n|\.$|^\s|\s$/);
  }
});
