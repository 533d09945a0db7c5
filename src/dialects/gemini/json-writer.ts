import { asText, type Fields } from '../json.ts';

type Segment = string | number;

/** An object or list that has been begun: where it lies, and how many members it has. */
interface Open {
  readonly at: Segment;
  readonly isList: boolean;
  members: number;
}

/**
 * Writes the arguments of one call as JSON while they come in pieces, each the value (or the next part of a string) at a path like
 * `$.stops[0].city`. The pieces of text, joined, are the JSON. Values come in the order of their paths: what has been left is not
 * gone back to. https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/PartialArg
 */
export class JsonWriter {
  /** From the outermost, which has no place of its own. */
  readonly #open: Open[] = [];
  /** Path of the string that goes on with its next piece. */
  #openString: string | undefined;
  #lastPath: string | undefined;

  /** The text that this piece adds; empty for one that says nothing. */
  write(partial: Fields): string {
    const path = asText(partial['jsonPath']);
    if (path === undefined) return '';
    const { stringValue: string, willContinue } = partial;
    if (typeof string === 'string' && this.#openString === path) return this.#goOn(string, willContinue === true);
    const value = jsonOf(partial);
    // A string that has been ended is ended again by an empty piece.
    if (value === undefined || (string === '' && path === this.#lastPath)) return '';
    this.#lastPath = path;
    const text = this.#endString() + this.#moveTo(segmentsOf(path)) + value;
    if (typeof string !== 'string' || willContinue !== true) return text;
    this.#openString = path;
    return text.slice(0, -1);
  }

  /** The text that is missing to the end; empty when nothing was written, or it has been ended. */
  end(): string {
    return this.#endString() + this.#closeTo(0);
  }

  #goOn(string: string, willContinue: boolean): string {
    if (!willContinue) this.#openString = undefined;
    return JSON.stringify(string).slice(1, willContinue ? -1 : undefined);
  }

  #endString(): string {
    if (this.#openString === undefined) return '';
    this.#openString = undefined;
    return '"';
  }

  /** Closes what the path does not lie in, opens what it does, and writes the last key. */
  #moveTo(path: readonly Segment[]): string {
    const places: readonly (Segment | undefined)[] = [undefined, ...path];
    let depth = 0;
    while (depth < this.#open.length && depth < path.length && this.#open[depth]?.at === (places[depth] ?? ROOT))
      depth++;
    let text = this.#closeTo(depth);
    for (let index = depth; index < path.length; index++) {
      const isList = typeof path[index] === 'number';
      text += `${this.#member(places[index])}${isList ? '[' : '{'}`;
      this.#open.push({ at: places[index] ?? ROOT, isList, members: 0 });
    }
    return text + this.#member(path.at(-1));
  }

  /** What stands before a value within the innermost: a comma, and its key. */
  #member(at: Segment | undefined): string {
    const inner = this.#open.at(-1);
    if (inner === undefined) return '';
    const comma = inner.members++ > 0 ? ',' : '';
    return inner.isList ? comma : `${comma}${JSON.stringify(String(at))}:`;
  }

  #closeTo(depth: number): string {
    const closed = this.#open.splice(depth).reverse();
    return closed.map(({ isList }) => (isList ? ']' : '}')).join('');
  }
}

/** No key of an argument: those are never empty. */
const ROOT = '';

function segmentsOf(path: string): readonly Segment[] {
  return [...path.matchAll(SEGMENT)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? '') : Number(index),
  );
}

/** `.name`, `[7]` or `['any name']`. */
const SEGMENT = /\.([^.[\]]+)|\[(\d+)\]|\[['"](.*?)['"]\]/g;

function jsonOf(partial: Fields): string | undefined {
  const value = partial['stringValue'] ?? partial['numberValue'] ?? partial['boolValue'];
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return JSON.stringify(value);
  return 'nullValue' in partial ? 'null' : undefined;
}
