import { createReadStream } from 'node:fs';
import { AppError } from '../errors.ts';
import { malformed } from './prompt-fields.ts';
import { unreadable } from './read-file.ts';

/** One entry of a file, and the line on which it begins. */
export interface Entry {
  readonly value: unknown;
  readonly line: number;
}

/** A longer entry is no conversation; it would be held in memory as a whole. */
const MAX_ENTRY_CHARACTERS = 64_000_000;

/**
 * The entries of a file, one by one, so that a file of any size needs the memory of its longest entry: elements of a JSON array, or a JSON
 * value a line. Rejects with FILE_UNREADABLE, or with FILE_MALFORMED and the line of the first mistake.
 */
export async function* readEntries(file: string): AsyncGenerator<Entry> {
  const stream = createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 });
  let reader: EntryReader | undefined;
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<string>) {
      const text: string = isFirst ? chunk.replace(/^\uFEFF/, '') : chunk;
      isFirst = false;
      reader ??= readerFor(text, file);
      if (reader !== undefined) yield* reader.push(text);
    }
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(file, error);
  } finally {
    stream.destroy();
  }
  if (reader !== undefined) yield* reader.end();
}

interface EntryReader {
  push(text: string): Generator<Entry>;
  end(): Iterable<Entry>;
}

/** By the first character that is none of the blanks; undefined while there is none. */
function readerFor(text: string, file: string): EntryReader | undefined {
  const [first] = /\S/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return first === '[' ? new ArrayReader(file) : new LineReader(file);
}

function parse(text: string, file: string, line: number): Entry {
  try {
    return { value: JSON.parse(text) as unknown, line };
  } catch (error) {
    const problem = `this is not JSON (${(error as Error).message})`;
    throw malformed({ file, line }, problem, 'write a JSON array of conversations, or one JSON object a line');
  }
}

class LineReader implements EntryReader {
  readonly #file: string;
  #rest = '';
  #line = 0;

  constructor(file: string) {
    this.#file = file;
  }

  *push(text: string): Generator<Entry> {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_ENTRY_CHARACTERS) throw tooLong(this.#file, this.#line + 1);
    for (const line of lines) yield* this.#read(line);
  }

  *end(): Generator<Entry> {
    yield* this.#read(this.#rest);
  }

  *#read(line: string): Generator<Entry> {
    this.#line++;
    if (line.trim() !== '') yield parse(line, this.#file, this.#line);
  }
}

function tooLong(file: string, line: number): AppError {
  return malformed({ file, line }, 'this entry is longer than 64 million characters', 'split it, or leave it out');
}

/** Finds where each element of the outermost array ends, without understanding more of it than strings and brackets. */
class ArrayReader implements EntryReader {
  readonly #file: string;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isClosed = false;
  #line = 1;
  /** Of the element that is being read. */
  #startLine = 1;
  #element = '';

  constructor(file: string) {
    this.#file = file;
  }

  *push(text: string): Generator<Entry> {
    let from = this.#depth > 0 ? 0 : text.length;
    for (let place = 0; place < text.length; place++) {
      const code = text.charCodeAt(place);
      if (code === 10) this.#line++;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === 92) this.#isEscaped = true;
        else if (code === 34) this.#isInString = false;
      } else if (code === 34) this.#isInString = true;
      else if (code === 91 || code === 123) {
        if (++this.#depth === 1) {
          if (this.#isClosed) throw this.#wrong('something stands after the end of the array');
          from = place + 1;
          this.#startLine = this.#line;
        }
      } else if (code === 93 || code === 125) {
        if (--this.#depth === 0) {
          yield* this.#close(text.slice(from, place));
          this.#isClosed = true;
          from = text.length;
        }
      } else if (code === 44 && this.#depth === 1) {
        yield* this.#close(text.slice(from, place));
        from = place + 1;
      }
    }
    if (this.#depth > 0) this.#element += text.slice(from);
    if (this.#element.length > MAX_ENTRY_CHARACTERS) throw tooLong(this.#file, this.#startLine);
  }

  end(): Iterable<Entry> {
    if (!this.#isClosed) throw this.#wrong('the file ends within its array');
    return [];
  }

  *#close(rest: string): Generator<Entry> {
    const element = this.#element + rest;
    this.#element = '';
    const blank = /^\s*/.exec(element)?.[0] ?? '';
    const line = this.#startLine + (blank.match(/\n/g)?.length ?? 0);
    this.#startLine = this.#line;
    if (element.trim() !== '') yield parse(element, this.#file, line);
  }

  #wrong(problem: string): AppError {
    return malformed({ file: this.#file, line: this.#line }, problem, 'is it whole? Download it again');
  }
}
