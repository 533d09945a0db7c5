import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addShortHelp } from './short-help.ts';

/** What a command prints for a flag of the help. */
function helpOf(flag: string): string {
  let text = '';
  const command = new Command('run')
    .option('--rps, --rate <n>', 'arrivals per second')
    .option('--retry-delay <time>', 'before the first retry')
    .exitOverride()
    .configureOutput({ writeOut: (part) => (text += part) });
  assert.throws(() => addShortHelp(command).parse([flag], { from: 'user' }), { exitCode: 0 });
  return text;
}

test('--help shows what most people want, by one name each', () => {
  const text = helpOf('--help');
  assert.match(text, /^ {2}--rate <n> +arrivals per second$/m);
  assert.match(text, /--help-all +show all 2 flags/);
  assert.doesNotMatch(text, /--retry-delay|--rps/);
});

test('--help-all shows all of it, by all names', () => {
  const text = helpOf('--help-all');
  assert.match(text, /--rps, --rate <n>/);
  assert.match(text, /--retry-delay <time>/);
});

test('a mistyped flag is held against all flags, also those that --help leaves out', () => {
  let text = '';
  const command = new Command('run')
    .option('--retry-delay <time>', 'before the first retry')
    .exitOverride()
    .configureOutput({ writeErr: (part) => (text += part) });
  assert.throws(() => addShortHelp(command).parse(['--retry-dely', '1s'], { from: 'user' }), { exitCode: 1 });
  assert.match(text, /Did you mean --retry-delay\?/);
});
