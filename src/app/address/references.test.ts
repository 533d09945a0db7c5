import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClock, takeOrigin } from '../../clock.ts';
import { AppError } from '../../errors.ts';
import { addressTargets } from './address-targets.ts';
import { NOTHING_SAID, type Surroundings } from './target-options.ts';

const surroundings = (isRehearsal: boolean, environment: Readonly<Record<string, string>>): Surroundings => ({
  environment: (name) => environment[name],
  config: undefined,
  userConfig: '/nowhere/providers.toml',
  clock: createClock(takeOrigin()),
  isRehearsal,
  countingThreadUrl: new URL('file:///nowhere'),
});

const named = (variable: string): string => `\${${variable}}`;

const SAID = {
  ...NOTHING_SAID,
  endpoints: [
    `http://${named('ENDPOINT_USER')}:${named('ENDPOINT_PASSWORD')}@127.0.0.1:9/v1?key=${named('ENDPOINT_KEY')}`,
  ],
  models: ['m'],
  dialect: 'openai-chat' as const,
  headers: { 'x-team': named('HEADER_X_TEAM') },
};

test('a header and a URL get the values of the variables that they name', async () => {
  const values = { ENDPOINT_USER: 'u', ENDPOINT_PASSWORD: 'p', ENDPOINT_KEY: 'k', HEADER_X_TEAM: 'search' };
  const [addressed] = await addressTargets(SAID, surroundings(false, values));
  assert.equal(addressed?.target.url, 'http://127.0.0.1:9/v1');
  assert.equal(addressed?.credentials.query, '?key=k');
  // u:p in base64.
  assert.deepEqual(addressed?.credentials.headers, { authorization: 'Basic dTpw', 'x-team': 'search' });
});

test('a variable that is not set is named, with the flag that wants it', async () => {
  await assert.rejects(
    addressTargets(SAID, surroundings(false, {})),
    (error: unknown) =>
      error instanceof AppError &&
      error.code === 'KEY_MISSING' &&
      error.hint === 'set HEADER_X_TEAM, which --header names',
  );
});

test('a rehearsal, which sends nothing, needs no variable', async () => {
  const [addressed] = await addressTargets(SAID, surroundings(true, {}));
  assert.equal(addressed?.target.url, 'http://127.0.0.1:9/v1');
});
