import { AppError } from '../errors.ts';
import type { LengthLaw, PrefixShare, SyntheticPrompts } from '../model/recipe.ts';
import { readLength } from './length-grammar.ts';

const FLAG = '--synthetic';
const KEYS = ['in', 'out', 'prompts'] as const;
const EXAMPLE = "write 'in=1024±128,out=256'";

function invalid(flag: string, problem: string): AppError {
  return new AppError('FLAG_INVALID', { flag, problem, command: 'run' });
}

/** `in=1024±128,out=256,prompts=50`. Rejects as `readLength` does. */
export async function readSynthetic(text: string): Promise<Pick<SyntheticPrompts, 'input' | 'output' | 'prompts'>> {
  const values = new Map<string, string>();
  // A comma within a law (`normal:1024,128`) is followed by no key.
  for (const part of text.split(/,(?=\s*(?:in|out|prompts)\s*=)/)) {
    const [, key = '', value = ''] = /^\s*([a-z]+)\s*=\s*(.*?)\s*$/s.exec(part) ?? [];
    if (!KEYS.some((known) => known === key))
      throw invalid(FLAG, `"${part.trim()}" is none of ${KEYS.join('=, ')}=; ${EXAMPLE}`);
    if (values.has(key)) throw invalid(FLAG, `${key} is there twice; ${EXAMPLE}`);
    values.set(key, value);
  }
  const input = values.get('in');
  if (input === undefined) throw invalid(FLAG, `in= is missing, the length of the prompts; ${EXAMPLE}`);
  const output = values.get('out');
  return {
    input: await readLength(input, `${FLAG} in`),
    output: output === undefined ? undefined : await readLength(output, `${FLAG} out`),
    prompts: readPrompts(values.get('prompts')),
  };
}

function readPrompts(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw invalid(FLAG, `prompts=${text} is not a whole number from 1`);
  return Number(text);
}

/** `0.5:4` or `50%:4`: that share of the input tokens is one of four shared prefixes; alone, of one. Throws FLAG_INVALID. */
export function readPrefixShare(text: string): PrefixShare {
  const flag = '--prefix-share';
  const match = /^\s*(\d*\.?\d+)\s*(%?)\s*(?::\s*(\d{1,6}))?\s*$/.exec(text);
  if (match === null)
    throw invalid(flag, `"${text}" is not like 0.5:4 (half of the input tokens is one of 4 prefixes)`);
  const ratio = Number(match[1]) / (match[2] === '%' ? 100 : 1);
  const count = Number(match[3] ?? 1);
  if (ratio <= 0 || ratio > 1) throw invalid(flag, `a share is above 0 and at most 1, not ${match[1]}${match[2]}`);
  if (count < 1) throw invalid(flag, 'there must be at least one prefix');
  return { ratio, count };
}

/** `4`, or a length's law for conversations of different length. Rejects with FLAG_INVALID. */
export async function readTurns(text: string): Promise<LengthLaw> {
  return readLength(text, '--turns');
}
