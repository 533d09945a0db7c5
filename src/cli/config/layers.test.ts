import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Option } from 'commander';
import type { Setting, SettingsLayer } from '../../app/settings-file/setting-key.ts';
import { AppError } from '../../errors.ts';
import { collect } from '../declare/declare.ts';
import { mergeLayers, stepLayer, variableLayer, withoutSteps } from './layers.ts';
import { toldAtOrigin } from './origins.ts';
import { runKeys } from './setting-keys.ts';

const layer = (values: Readonly<Record<string, Setting['value']>>, line = 1): SettingsLayer =>
  new Map(
    Object.entries(values).map(([key, value]) => [key, { value, origin: { kind: 'plan', file: 'plan.yaml', line } }]),
  );

const merged = (...layers: readonly Readonly<Record<string, Setting['value']>>[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...mergeLayers(layers.map((values) => layer(values)))].map(([key, { value }]) => [key, value]));

test('the higher place wins, key by key', () => {
  assert.deepEqual(merged({ rate: '1' }, { rate: '2', arrival: 'poisson' }, { seed: '3' }), {
    rate: '1',
    arrival: 'poisson',
    seed: '3',
  });
});

for (const [what, higher, lower, left] of [
  ['an open loop', { rate: '1' }, { concurrency: '4', request_delay: '1s', seed: '1' }, { rate: '1', seed: '1' }],
  ['a closed loop', { concurrency: '4' }, { rate: '1', arrival: 'poisson' }, { concurrency: '4' }],
  ['stages', { stage: ['x'] }, { rate: '1', arrival: 'poisson', ramp: 'r' }, { stage: ['x'], arrival: 'poisson' }],
  ['a trace', { trace: 't' }, { rate: '1', max_in_flight: '2', synthetic: 's' }, { trace: 't', max_in_flight: '2' }],
  ['prompts', { prompt: ['a'] }, { prompt_file: 'p.txt' }, { prompt: ['a'] }],
  ['a number of requests', { num_requests: '9' }, { runs: '2' }, { num_requests: '9' }],
  ['targets', { targets: ['m'] }, { endpoint: ['u'], model: ['m'] }, { targets: ['m'] }],
] as const) {
  test(`${what} put the other ways to say that aside`, () => {
    assert.deepEqual(merged(higher, lower), left);
  });
}

test('keys that go together add up, and what one place says in two ways is left to the reader', () => {
  assert.deepEqual(merged({ model: ['b'] }, { endpoint: ['u'], model: ['a'] }), { model: ['b'], endpoint: ['u'] });
  assert.deepEqual(merged({ rate: '1', concurrency: '2' }), { rate: '1', concurrency: '2' });
});

test("what goes step by step is nobody else's to set", () => {
  const plan = layer({ concurrency: '2', max_tokens: '9', seed: '1' });
  const settled = (command: Command, ...argv: readonly string[]): readonly string[] => [
    ...withoutSteps(mergeLayers([stepLayer(command.parse(argv, { from: 'user' })), plan])).keys(),
  ];
  const sweep = (): Command => new Command().option('--over <axis=values>', '', collect);
  assert.deepEqual(settled(sweep(), '--over', 'rate=1,2', '--over', 'max-tokens=1,2'), ['seed']);
  assert.deepEqual(settled(sweep(), '--over', 'concurrency=1,2'), ['max_tokens', 'seed']);
  const search = new Command().addOption(new Option('--over <axis>').choices(['rate', 'concurrency']));
  assert.deepEqual(settled(search), ['max_tokens', 'seed']);
  assert.deepEqual(settled(new Command()), ['concurrency', 'max_tokens', 'seed']);
});

test('variables speak for flags: lists a line each, switches in words', () => {
  const environment = new Map([
    ['LLM_BENCH_RATE', '5'],
    ['LLM_BENCH_PROMPT', 'one\ntwo\n'],
    ['LLM_BENCH_STREAM', 'no'],
    ['LLM_BENCH_API_KEY', 'sk-1'],
    ['LLM_BENCH_RUN_ID', 'x'],
  ]);
  const values = variableLayer(runKeys(), (name) => environment.get(name));
  assert.deepEqual(
    [...values].map(([key, { value }]) => [key, value]),
    [
      ['prompt', ['one', 'two']],
      ['stream', false],
      ['rate', '5'],
    ],
  );
  assert.throws(
    () => variableLayer(runKeys(), (name) => (name === 'LLM_BENCH_STREAM' ? 'maybe' : undefined)),
    (error: unknown) => error instanceof AppError && error.message.startsWith('LLM_BENCH_STREAM: "maybe"'),
  );
});

test('a mistake is told where it was made', () => {
  const settings = new Map<string, Setting>([
    ['rate', { value: 'x', origin: { kind: 'plan', file: 'plan.yaml', line: 7 } }],
    ['concurrency', { value: '2', origin: { kind: 'variable', variable: 'LLM_BENCH_CONCURRENCY' } }],
    ['seed', { value: 'x', origin: { kind: 'flag', flag: '--seed' } }],
  ]);
  const told = (error: AppError): string => String((toldAtOrigin(error, settings, runKeys()) as AppError).message);
  const invalid = (flag: string): AppError => new AppError('FLAG_INVALID', { flag, problem: 'no', command: 'run' });
  assert.equal(told(invalid('--rate')), 'plan.yaml:7: rate: no');
  assert.equal(told(invalid('--concurrency')), 'LLM_BENCH_CONCURRENCY: no');
  assert.equal(told(invalid('--seed')), '--seed: no');
  assert.equal(told(invalid('--warmup')), '--warmup: no');
  const conflict = new AppError('FLAGS_CONFLICT', { first: '--concurrency', second: '--rate', hint: 'h' });
  assert.equal(told(conflict), 'LLM_BENCH_CONCURRENCY cannot stand beside rate (plan.yaml:7)');
});

test('no two flags share a key, a variable or another name', () => {
  const names = runKeys().flatMap(({ key, otherNames }) => [key, ...otherNames]);
  assert.equal(new Set(names).size, names.length);
});
