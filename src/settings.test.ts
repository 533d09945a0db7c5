import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from './errors.ts';
import { readSettings } from './settings.ts';

test('an empty environment has defaults', () => {
  const { environment, ...values } = readSettings({ HOME: '/home/a' }, false);
  assert.deepEqual(values, {
    db: 'bench.duckdb',
    config: undefined,
    userConfig: '/home/a/.config/llm-bench/providers.toml',
    calibrationFile: '/home/a/.local/state/llm-bench/calibration.json',
    logLevel: 'warn',
    hasTerminal: false,
    ownVariables: [],
    isLaunched: false,
  });
  assert.equal(environment('PATH'), undefined);
});

for (const [environment, file] of [
  [{ HOME: '/h', XDG_CONFIG_HOME: '/x' }, '/x/llm-bench/providers.toml'],
  [{ HOME: '/h', XDG_CONFIG_HOME: '' }, '/h/.config/llm-bench/providers.toml'],
  [{ HOME: '/h', XDG_CONFIG_HOME: 'here' }, '/h/.config/llm-bench/providers.toml'], // The specification: to be ignored.
] as const) {
  test(`of ${JSON.stringify(environment)} the user's providers are in ${file}`, () => {
    assert.equal(readSettings(environment, false).userConfig, file);
  });
}

test('a calibration is kept under XDG_STATE_HOME', () => {
  const { calibrationFile } = readSettings({ HOME: '/h', XDG_STATE_HOME: '/s' }, false);
  assert.equal(calibrationFile, '/s/llm-bench/calibration.json');
});

test('the providers file is named by LLM_BENCH_CONFIG, unless that is empty', () => {
  assert.equal(readSettings({ LLM_BENCH_CONFIG: 'p.toml' }, false).config, 'p.toml');
  assert.equal(readSettings({ LLM_BENCH_CONFIG: '' }, false).config, undefined);
});

test('any variable can be looked up, as it was when the settings were read', () => {
  const variables: Record<string, string> = { GROQ_API_KEY: 'g', EMPTY: '' };
  const { environment } = readSettings(variables, false);
  variables['GROQ_API_KEY'] = 'another';
  assert.equal(environment('GROQ_API_KEY'), 'g');
  assert.equal(environment('EMPTY'), undefined);
  assert.equal(environment('constructor'), undefined);
});

for (const [value, level] of [
  ['debug', 'debug'],
  ['INFO', 'info'],
  ['Warning', 'warn'],
  ['silent', 'silent'],
  ['', 'warn'],
] as const) {
  test(`LLM_BENCH_LOG_LEVEL=${value} is the level ${level}`, () => {
    assert.equal(readSettings({ LLM_BENCH_LOG_LEVEL: value }, false).logLevel, level);
  });
}

test('an unknown log level is refused with the ones there are', () => {
  assert.throws(
    () => readSettings({ LLM_BENCH_LOG_LEVEL: 'loud' }, false),
    (error) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, 'FLAG_INVALID');
      assert.equal(error.message, 'LLM_BENCH_LOG_LEVEL: "loud" is none of silent, error, warn, info, debug');
      return true;
    },
  );
});

test('the database is named by LLM_BENCH_DB, else by DATABASE_URL, unless they are empty', () => {
  const url = 'sqlite:///./x.db';
  assert.equal(readSettings({ LLM_BENCH_DB: 'x/y.duckdb', DATABASE_URL: url }, false).db, 'x/y.duckdb');
  assert.equal(readSettings({ LLM_BENCH_DB: '', DATABASE_URL: url }, false).db, url);
  assert.equal(readSettings({ DATABASE_URL: '' }, false).db, 'bench.duckdb');
  assert.equal(readSettings({ LLM_BENCH_DB: 'x/y.duckdb' }, false).db, 'x/y.duckdb');
  assert.equal(readSettings({ LLM_BENCH_DB: '' }, false).db, 'bench.duckdb');
});

for (const [isTerminal, environment, hasTerminal] of [
  [true, {}, true],
  [true, { TERM: 'xterm' }, true],
  [true, { TERM: 'dumb' }, false],
  [false, { TERM: 'xterm' }, false],
] as const) {
  test(`a stream that is ${isTerminal ? 'a' : 'no'} terminal with TERM=${environment.TERM ?? 'unset'} can${hasTerminal ? '' : 'not'} be drawn on`, () => {
    assert.equal(readSettings(environment, isTerminal).hasTerminal, hasTerminal);
  });
}

test('only the launcher’s own mark says that it started us', () => {
  assert.equal(readSettings({ LLM_BENCH_LAUNCHER: '1' }, false).isLaunched, true);
  assert.equal(readSettings({ LLM_BENCH_LAUNCHER: 'yes' }, false).isLaunched, false);
});

test('settings cannot be changed', () => {
  assert.ok(Object.isFrozen(readSettings({}, false)));
});
