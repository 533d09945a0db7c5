import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addRunOptions } from '../declare/run-options.ts';
import { repeatArguments } from './repeat-arguments.ts';
import type { RunFlags } from './run-flags.ts';

/** As the command line reads them. */
function parse(argv: readonly string[]): { readonly flags: RunFlags; readonly names: readonly string[] } {
  const command = addRunOptions(new Command('run')).parse(argv, { from: 'user' });
  return { flags: command.opts<RunFlags>(), names: command.args };
}

function repeated(...argv: readonly string[]): readonly string[] {
  const { flags, names } = parse(argv);
  return repeatArguments(flags, names, 7);
}

test('what was given comes out, and nothing else', () => {
  assert.deepEqual(
    repeated('openai/gpt-4o-mini', '--prompt-file', 'p.txt', '--rps', '5', '--slo', 'ttft<=1s', '--no-stream'),
    [
      ...[
        'openai/gpt-4o-mini',
        '--prompt-file',
        'p.txt',
        '--no-stream',
        '--rate',
        '5',
        '--slo',
        'ttft<=1s',
        '--seed',
        '7',
      ],
    ],
  );
});

test('where a run is kept and how it is shown does not repeat it', () => {
  const showing = ['--db', 'x.db', '--run-id', 'r', '-o', 'json', '--stats', '--no-progress', '-v', '--no-save'];
  assert.deepEqual(repeated('m', ...showing, '--fail-if', 'error_rate > 1%'), [
    ...['m', '--seed', '7', '--fail-if', 'error_rate > 1%'],
  ]);
});

test('the seed is the one that was used, once', () => {
  assert.deepEqual(repeated('m', '--seed', '7'), ['m', '--seed', '7']);
});

test('prompts are only named where texts are kept', () => {
  assert.deepEqual(repeated('m', '--prompt', 'a secret'), ['m', '--seed', '7']);
  assert.deepEqual(repeated('m', '--prompt', 'a', '--prompt', '-b', '--save-text'), [
    ...['m', '--prompt', 'a', '--prompt=-b', '--seed', '7', '--save-text'],
  ]);
});

/** The shell leaves it alone in single quotes, and we put the value in. */
const named = (variable: string): string => `\${${variable}}`;

for (const [given, kept] of [
  [
    ['--api-key', 'sk-123'],
    ['--api-key', 'os.environ/LLM_BENCH_API_KEY'],
  ],
  [
    ['--api-key', 'os.environ/MINE'],
    ['--api-key', 'os.environ/MINE'],
  ],
  [
    ['--header', 'X-Team: search'],
    ['--header', `X-Team: ${named('HEADER_X_TEAM')}`],
  ],
  [
    ['--header', `x-team: ${named('MINE')}`],
    ['--header', `x-team: ${named('MINE')}`],
  ],
  [
    ['--endpoint', 'a=http://u:p@h/v1'],
    ['--endpoint', `a=http://${named('ENDPOINT_USER')}:${named('ENDPOINT_PASSWORD')}@h/v1`],
  ],
  [
    ['--api-base', 'https://h/v1?key=abc&api-version=2024-10-21'],
    ['--api-base', `https://h/v1?key=${named('ENDPOINT_KEY')}&api-version=2024-10-21`],
  ],
] as const) {
  test(`no secret is left of ${given.join(' ')}`, () => {
    assert.deepEqual(repeated(...given), [...kept, '--seed', '7']);
  });
}

test('what comes out is read back as what went in', () => {
  const argv = [
    'm',
    '--param',
    'top_p=0.5',
    '--stop',
    '-',
    '--stop',
    'END',
    '--randomize-prompt',
    '--concurrency',
    '3',
  ];
  const once = repeated(...argv);
  assert.deepEqual(repeated(...once), once);
  const { seed: _, ...flags } = parse(once).flags;
  assert.deepEqual(flags, parse(argv).flags);
});

test('HTTP/2 is named, a proxy is not', () => {
  assert.deepEqual(repeated('m', '--http2', '--proxy', 'http://u:secret@proxy'), ['m', '--http2', '--seed', '7']);
});
