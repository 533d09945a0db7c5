import { readFile } from 'node:fs/promises';

/** Byte strings are JavaScript strings with a byte in each character. */
export interface Ranks {
  readonly byBytes: ReadonlyMap<string, number>;
  /** May have holes. */
  readonly bytesOf: readonly string[];
  readonly longestTokenBytes: number;
}

export type TiktokenName = 'o200k_base' | 'cl100k_base';

/** Reads a vocabulary out of the package `gpt-tokenizer`: a line a token, its bytes in Base64 and its rank, which is its id. */
export async function readRanks(name: TiktokenName): Promise<Ranks> {
  const text = await readFile(new URL(import.meta.resolve(`gpt-tokenizer/data/${name}.tiktoken`)), 'latin1');
  return parseRanks(text);
}

export function parseRanks(text: string): Ranks {
  const byBytes = new Map<string, number>();
  const bytesOf: string[] = [];
  let longestTokenBytes = 0;
  for (const line of text.split('\n')) {
    const gap = line.indexOf(' ');
    if (gap === -1) continue;
    const bytes = Buffer.from(line.slice(0, gap), 'base64').toString('latin1');
    const rank = Number(line.slice(gap + 1));
    byBytes.set(bytes, rank);
    bytesOf[rank] = bytes;
    longestTokenBytes = Math.max(longestTokenBytes, bytes.length);
  }
  return { byBytes, bytesOf, longestTokenBytes };
}
