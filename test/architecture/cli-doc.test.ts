import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cliDoc } from '../../scripts/cli-doc.ts';
import { runKeys } from '../../src/cli/config/setting-keys.ts';
import { COMMON_FLAGS } from '../../src/cli/declare/short-help.ts';
import { describeProgram } from '../../src/cli/program.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/cli.md is what the commands say; write it anew with npm run docs', async () => {
  // Both are long: that they differ is enough to know.
  assert.ok(read('docs/cli.md') === (await cliDoc()));
});

test('every flag of run stands there', () => {
  const doc = read('docs/cli.md');
  const missing = runKeys().filter(({ flag }) => !doc.includes(flag));
  assert.deepEqual(missing, []);
});

test('every command that the README and docs/ show exists, with its flags', async () => {
  const program = await describeProgram({ version: '' });
  const texts = [
    'README.md',
    'docs/plan-file.md',
    'docs/measurement.md',
    'docs/why-different.md',
    'examples/ci/benchmark.sh',
  ].map(read);
  const shown = texts.flatMap((text) => text.match(/llm-bench [a-z][^`\n#]*/g) ?? []);
  const problems = shown.flatMap((line) => {
    const [, name = '', second = ''] = line.split(/\s+/);
    const command = program.commands.find((one) => one.name() === name);
    // Prose begins with our name too.
    if (command === undefined) return [];
    const leaf = command.commands.find((one) => one.name() === second) ?? command;
    const known = [...leaf.options, ...program.options].flatMap(({ long, short }) => [long, short]);
    return (line.match(/--[a-z][a-z-]*/g) ?? [])
      .filter((flag) => !known.includes(flag) && flag !== '--help')
      .map((flag) => `${line}: ${flag}`);
  });
  assert.deepEqual(problems, []);
});

test('what the short help names is there', async () => {
  const program = await describeProgram({ version: '' });
  const known = new Set(program.commands.flatMap(({ options }) => options.map(({ long }) => long)));
  assert.deepEqual(
    COMMON_FLAGS.filter((flag) => !known.has(flag)),
    [],
  );
});
