// How long do tokenizers take, for prose and for text without any cut?
// usage: node bench/tokenizers.ts [o200k_base cl100k_base estimate path/to/tokenizer.json …]
import { readFileSync } from 'node:fs';
import { createRandom } from '../src/random.ts';
import { openTokenizer } from '../src/tokenizers/open.ts';

const LENGTH = 50_000;

function randomText(firstCode: number, codes: number): string {
  const random = createRandom(1, 'bench');
  return Array.from({ length: LENGTH }, () => String.fromCharCode(firstCode + Math.floor(random.next() * codes))).join(
    '',
  );
}

const PROSE = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const TEXTS: Readonly<Record<string, string>> = {
  '50,000 characters of Markdown': PROSE.repeat(Math.ceil(LENGTH / PROSE.length)).slice(0, LENGTH),
  '50,000 Han characters': randomText(0x4e00, 20_000),
  '50,000 random letters': randomText(0x61, 26),
  '50,000 times a': 'a'.repeat(LENGTH),
  '50,000 spaces': ' '.repeat(LENGTH),
  '50,000 times !': '!'.repeat(LENGTH),
};

const specs = process.argv.slice(2);
for (const spec of specs.length > 0 ? specs : ['o200k_base', 'cl100k_base', 'estimate']) {
  const openedAt = performance.now();
  const tokenizer = await openTokenizer(spec);
  process.stdout.write(`${tokenizer.name}: opened in ${(performance.now() - openedAt).toFixed(0)} ms\n`);
  for (const [what, text] of Object.entries(TEXTS)) {
    const startedAt = performance.now();
    const tokens = tokenizer.count(text);
    const ms = (performance.now() - startedAt).toFixed(0);
    process.stdout.write(`  ${what.padEnd(30)} ${ms.padStart(5)} ms  ${String(tokens).padStart(7)} tokens\n`);
  }
}
