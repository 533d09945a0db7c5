import { mergePairs } from '../merge-pairs.ts';
import { PieceMemory } from '../piece-memory.ts';
import type { TokenCodec, Tokenizer } from '../tokenizer.ts';
import { type Ranks, readRanks, type TiktokenName } from './ranks.ts';
import { CL100K_PIECES, O200K_PIECES } from './split.ts';

const PIECES: Readonly<Record<TiktokenName, RegExp>> = { o200k_base: O200K_PIECES, cl100k_base: CL100K_PIECES };

/** A vocabulary of OpenAI, token for token as its models count. */
export async function openTiktoken(name: TiktokenName): Promise<Tokenizer> {
  return createTiktoken(name, await readRanks(name), PIECES[name]);
}

export function createTiktoken(name: string, ranks: Ranks, pieces: RegExp): Tokenizer {
  const memory = new PieceMemory<number>();
  const merge = (bytes: string): readonly number[] => mergeBytes(bytes, ranks);

  function* tokens(text: string): Generator<readonly number[]> {
    for (const [piece] of text.matchAll(pieces)) {
      const bytes = toBytes(piece);
      const whole = ranks.byBytes.get(bytes);
      yield whole === undefined ? memory.recall(bytes, merge) : [whole];
    }
  }

  const codec: TokenCodec = {
    encode(text) {
      const all: number[] = [];
      for (const ids of tokens(text)) for (const id of ids) all.push(id);
      return all;
    },
    decode(ids) {
      const bytes = ids.map((id) => {
        const token = ranks.bytesOf[id];
        if (token === undefined) throw new RangeError(`${name} has no token ${id}`);
        return token;
      });
      return Buffer.from(bytes.join(''), 'latin1').toString('utf8');
    },
  };

  return {
    name,
    isApproximate: false,
    count(text) {
      let count = 0;
      for (const ids of tokens(text)) count += ids.length;
      return count;
    },
    codec,
  };
}

/** Two neighbours join when their bytes together are a token; its rank says how soon. */
function mergeBytes(bytes: string, { byBytes, longestTokenBytes }: Ranks): readonly number[] {
  const starts = mergePairs({
    length: bytes.length,
    endOf: (start) => start + 1,
    rankOf: (start, _middle, end) =>
      end - start > longestTokenBytes ? undefined : byBytes.get(bytes.slice(start, end)),
  });
  return starts.map((start, index) => {
    const id = byBytes.get(bytes.slice(start, starts[index + 1]));
    // Every byte alone is a token of these vocabularies.
    if (id === undefined) throw new Error(`the vocabulary has no token for byte ${bytes.charCodeAt(start)}`);
    return id;
  });
}

/** The UTF-8 bytes of a text, a character each. */
function toBytes(text: string): string {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 0x7f) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
}
