import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Argument, Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addRunOptions } from '../declare/run-options.ts';
import { candidatesFor } from './candidates.ts';
import { SCRIPTS, SHELLS } from './scripts.ts';
import { splitLine } from './split-line.ts';

for (const [line, words] of [
  ['llm-bench run ', ['llm-bench', 'run', '']],
  ['llm-bench ru', ['llm-bench', 'ru']],
  ['a  "b c" \'d "e\' f\\ g', ['a', 'b c', 'd "e', 'f g']],
  ['a "open quo', ['a', 'open quo']],
  ['a "say \\"hi\\" $X', ['a', 'say "hi" $X']],
  ["a ''", ['a', '']],
  ['', ['']],
] as const) {
  test(`${JSON.stringify(line)} are the words ${JSON.stringify(words)}`, () => {
    assert.deepEqual(splitLine(line), words);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'llm-bench-completion-'));
after(() => rmSync(folder, { recursive: true }));
const CONFIG = join(folder, 'providers.toml');
writeFileSync(CONFIG, '[providers.mine]\nmodel = "openai/gpt-4o"\n');

const program = new Command('llm-bench').helpCommand(false);
addRunOptions(program.command('run'));
program.command('completion').addArgument(new Argument('<shell>').choices(SHELLS));
program.command('secret', { hidden: true });
const report = program.command('report').helpCommand(false);
report.command('list');
// Nothing here looks further than this.
const context = { settings: { config: CONFIG, userConfig: CONFIG } } as unknown as CliContext;

async function valuesAt(...words: readonly string[]): Promise<readonly string[]> {
  const { values, withFiles } = await candidatesFor(program, words, context);
  return [...values.map(({ value }) => value), ...(withFiles ? ['FILES'] : [])];
}

for (const [words, values] of [
  [[''], ['run', 'completion', 'report']],
  [['re'], ['report']],
  [['report', ''], ['list']],
  [['run', '--arri'], ['--arrival']],
  [
    ['run', '--cache', ''],
    ['cold', 'warm', 'natural'],
  ],
  [['run', '--cache=w'], ['--cache=warm']],
  // A value that looks like a command is none, and a switch takes none.
  [['run', '--model', 'report', '--cache', 'c'], ['cold']],
  [['run', '--no-stream', '--cache', 'c'], ['cold']],
  [['run', '--prompt-file', ''], ['FILES']],
  [
    ['run', '--tokenizer', 'cl'],
    ['cl100k_base', 'FILES'],
  ],
  [
    ['run', '--param', 'top_'],
    ['top_p=', 'top_k=', 'top_logprobs='],
  ],
  [['run', '--provider', ''], ['mine']],
  [
    ['run', 'mi'],
    ['mine', 'mistral/', 'FILES'],
  ],
  [['run', '--run-id', ''], []],
  [['completion', 'f'], ['fish']],
  [['nonsense', 'x'], []],
] as const) {
  test(`after ${JSON.stringify(words.join(' '))} there can be ${values.join(', ') || 'nothing'}`, async () => {
    const found = await valuesAt(...words);
    assert.deepEqual(
      found.filter((value) => !value.startsWith('minimax') && !value.startsWith('mixlayer')),
      values,
    );
  });
}

test('models of a provider come from the price list', async () => {
  assert.ok((await valuesAt('run', 'openai/gpt-4o')).includes('openai/gpt-4o-mini'));
});

for (const shell of SHELLS) {
  test(`${shell}, where it is installed, takes its script`, (context) => {
    const file = join(folder, `script.${shell}`);
    writeFileSync(file, SCRIPTS[shell]);
    try {
      execFileSync(shell, [shell === 'fish' ? '--no-execute' : '-n', file]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      context.diagnostic(`${shell} is not there`);
    }
  });
}

test('bash completes a word with the rest of it, and runs nothing of the line', () => {
  const stub = `llm-bench() { [[ $4 == --line ]] && printf '%s' "$5" > "${folder}/line"; printf 'poisson\\tgaps\\n:\\n'; }`;
  const typed = 'llm-bench run --prompt "$(touch evil)" --arrival p';
  const script = `${stub}\n${SCRIPTS.bash}\nCOMP_LINE='${typed}'; COMP_POINT=\${#COMP_LINE}; _llm_bench; echo "\${COMPREPLY[*]}"; cat "${folder}/line"; ls`;
  const stdout = execFileSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  assert.deepEqual(stdout.split('\n').slice(0, 1), ['poisson']);
  assert.ok(stdout.includes(typed));
  assert.ok(!stdout.includes('\nevil\n'));
});
