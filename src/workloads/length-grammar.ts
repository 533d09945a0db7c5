import { readFile } from 'node:fs/promises';
import { AppError } from '../errors.ts';
import type { LengthDistribution, LengthLaw } from '../model/recipe.ts';
import { malformed } from './prompt-fields.ts';
import { unreadable } from './read-file.ts';

/** Quantile 0.9 of the normal distribution of mean 0 and deviation 1. */
const NORMAL_P90 = 1.2815515655446004;

const NUMBER = String.raw`(\d+(?:\.\d+)?)([kK]?)`;
const SHAPES: readonly (readonly [RegExp, (...numbers: readonly number[]) => LengthDistribution | undefined])[] = [
  [new RegExp(`^${NUMBER}$`), (tokens = 0) => ({ kind: 'constant', tokens: Math.round(tokens) })],
  [new RegExp(String.raw`^${NUMBER}\s*(?:±|\+-|\+/-)\s*${NUMBER}$`), normal],
  [new RegExp(String.raw`^normal:\s*${NUMBER}\s*,\s*${NUMBER}$`), normal],
  [new RegExp(String.raw`^(?:uniform:)?\s*${NUMBER}\s*\.\.\s*${NUMBER}$`), uniform],
  [
    new RegExp(String.raw`^lognormal:\s*${NUMBER}\s*,\s*${NUMBER}$`),
    (mu = 0, sigma = 0) => ({ kind: 'lognormal', mu, sigma }),
  ],
  [new RegExp(String.raw`^lognormal:\s*median=${NUMBER}\s*,\s*p90=${NUMBER}$`), lognormalOf],
];

function normal(mean = 0, deviation = 0): LengthDistribution {
  return { kind: 'normal', mean, deviation };
}

function uniform(from = 0, to = 0): LengthDistribution | undefined {
  return to < from || !Number.isInteger(from) || !Number.isInteger(to) ? undefined : { kind: 'uniform', from, to };
}

function lognormalOf(median = 0, p90 = 0): LengthDistribution | undefined {
  if (median <= 0 || p90 < median) return undefined;
  return { kind: 'lognormal', mu: Math.log(median), sigma: Math.log(p90 / median) / NORMAL_P90 };
}

const FORMS =
  '1024, 1024±128 (or 1024+-128), 128..512, lognormal:6.2,0.5, lognormal:median=500,p90=1500 or empirical:FILE, each with [min..max] if wanted';

/** `1024±128[64..4096]` and the like, for a flag. Rejects with FLAG_INVALID, FILE_UNREADABLE or FILE_MALFORMED. */
export async function readLength(text: string, flag: string): Promise<LengthLaw> {
  const invalid = (problem: string): AppError => new AppError('FLAG_INVALID', { flag, problem, command: 'run' });
  const [, shape = '', from, to] = /^(.*?)\s*(?:\[\s*(\d*)\s*\.\.\s*(\d*)\s*\])?$/s.exec(text.trim()) ?? [];
  const law = await readShape(shape);
  if (law === undefined) throw invalid(`"${text.trim()}" is no length in tokens; write ${FORMS}`);
  const min = from === undefined || from === '' ? 1 : Math.max(1, Number(from));
  const max = to === undefined || to === '' ? undefined : Number(to);
  if (max !== undefined && max < min) throw invalid(`"${text.trim()}" allows no length: ${min} is above ${max}`);
  const [least, most] = rangeOf(law);
  if (most < min || least > (max ?? Number.POSITIVE_INFINITY))
    throw invalid(`"${text.trim()}" never gives a length of ${min} tokens or more within its limits`);
  return { law, min, max };
}

async function readShape(text: string): Promise<LengthDistribution | undefined> {
  if (text.startsWith('empirical:')) return readEmpirical(text.slice('empirical:'.length).trim());
  for (const [pattern, build] of SHAPES) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const numbers: number[] = [];
    for (let index = 1; index < match.length; index += 2)
      numbers.push(Number(match[index]) * (match[index + 1] === '' ? 1 : 1_000));
    return build(...numbers);
  }
  return undefined;
}

/** What a law can give at all, without its limits. */
function rangeOf(law: LengthDistribution): readonly [number, number] {
  if (law.kind === 'constant') return [law.tokens, law.tokens];
  if (law.kind === 'uniform') return [law.from, law.to];
  if (law.kind === 'empirical') return [law.tokens[0] ?? 0, law.tokens.at(-1) ?? 0];
  if (law.kind === 'normal' && law.deviation === 0) return [law.mean, law.mean];
  return [0, Number.POSITIVE_INFINITY];
}

/** A length a line, and if wanted its weight after a comma, a tab or blanks. A first line of words is a heading. */
async function readEmpirical(file: string): Promise<LengthDistribution> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const weights = new Map<number, number>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.trim() === '' || (index === 0 && /^[a-z"]/i.test(line.trim()))) continue;
    const match = /^\s*(\d+)(?:[\s,;]+(\d+(?:\.\d+)?))?\s*$/.exec(line);
    const [tokens, weight] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 1)];
    if (match === null || tokens < 1) {
      throw malformed(
        { file, line: index + 1 },
        'this is no length in tokens',
        'write a whole number from 1 a line, and if wanted its weight: 512,3',
      );
    }
    weights.set(tokens, (weights.get(tokens) ?? 0) + weight);
  }
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  if (total <= 0)
    throw malformed({ file, line: 1 }, 'there is no length in this file', 'write a whole number from 1 a line');
  const tokens = [...weights.keys()].sort((a, b) => a - b);
  let sum = 0;
  const shares = tokens.map((length) => {
    sum += weights.get(length) ?? 0;
    return sum / total;
  });
  return { kind: 'empirical', tokens, shares };
}
