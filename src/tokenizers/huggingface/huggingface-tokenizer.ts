import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { AppError } from '../../errors.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { createPairMerger } from './pair-merger.ts';

const FILE_NAME = 'tokenizer.json';

/** Of a `tokenizer.json`, what is looked at here; the library reads the rest. */
interface TokenizerFile {
  readonly model: object;
  readonly added_tokens: readonly { readonly special?: boolean }[];
}

/** What is used of the library. Its own types are written for bundlers: under Node's rules they are all `any`. */
interface Library {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: readonly number[] };
  decode(ids: readonly number[], options: { readonly clean_up_tokenization_spaces: boolean }): string;
  id_to_token(id: number): string | undefined;
  readonly model: {
    readonly merges?: readonly (readonly [string, string])[];
    readonly end_of_word_suffix?: string | null;
    readonly continuing_subword_suffix?: string | null;
    bpe?: (piece: string) => readonly string[];
    /** Unigram only. */
    readonly tokenize?: (piece: string) => readonly string[];
    encode: (pieces: readonly string[]) => readonly string[];
  };
}

/** Reads a `tokenizer.json`, or the one in a model's folder. Rejects with TOKENIZER_UNREADABLE. */
export async function openHuggingFace(path: string): Promise<Tokenizer> {
  try {
    return createHuggingFace(nameOf(path), readTokenizerFile(await readText(path)));
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new AppError('TOKENIZER_UNREADABLE', { file: path, reason }, { cause: error });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return await readFile(join(path, FILE_NAME), 'utf8');
    throw error;
  }
}

/** `tokenizer.json` alone would say nothing: its folder is named for the model. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const name = basename(whole);
  return name === FILE_NAME ? `${basename(dirname(whole))}/${name}` : name;
}

function readTokenizerFile(text: string): TokenizerFile {
  const value: unknown = JSON.parse(text);
  const model: unknown = typeof value === 'object' && value !== null && 'model' in value ? value.model : undefined;
  if (typeof value !== 'object' || typeof model !== 'object' || model === null) throw new Error('it has no "model"');
  const added: unknown = value !== null && 'added_tokens' in value ? value.added_tokens : [];
  return { ...value, model, added_tokens: Array.isArray(added) ? added : [] };
}

function createHuggingFace(name: string, file: TokenizerFile): Tokenizer {
  // A special token that it has never heard of is text like any other; there is no switch for that. Unigram vocabularies list
  // theirs among the ordinary ones, and so still read them out of a text.
  const ordinary = { ...file, added_tokens: file.added_tokens.filter(({ special }) => special !== true) };
  const library: Library = new HuggingFaceTokenizer(ordinary, {});
  hasten(library);
  const encode = (text: string): readonly number[] => library.encode(text, { add_special_tokens: false }).ids;
  return {
    name,
    isApproximate: false,
    count: (text) => encode(text).length,
    codec: {
      encode,
      decode(ids) {
        const unknown = ids.find((id) => library.id_to_token(id) === undefined);
        if (unknown !== undefined) throw new RangeError(`${name} has no token ${unknown}`);
        return ids.length === 0 ? '' : library.decode(ids, { clean_up_tokenization_spaces: false });
      },
    },
  };
}

/** The library gives the same tokens without this, but takes seconds for one long piece, or fails at 120,000 tokens. */
function hasten({ model }: Library): void {
  const { merges, tokenize } = model;
  if (merges !== undefined && !model.end_of_word_suffix && !model.continuing_subword_suffix) {
    model.bpe = createPairMerger(merges);
  }
  if (tokenize !== undefined) model.encode = (pieces) => pieces.flatMap((piece) => tokenize.call(model, piece));
}
