import { TomlDocument } from '@decimalturn/toml-patch';

/** Names, and places in lists. */
export type TomlPath = readonly (string | number)[];

/** `key = value`, on lines of its own or within an inline table. Offsets are UTF-16 units of the whole text. */
export interface TomlPair {
  /** From the top of the file. */
  readonly path: TomlPath;
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly isInlineTable: boolean;
  /** Pairs within its inline table, in order. */
  readonly inner: readonly TomlPair[];
}

/** `[name]` or `[[name]]`, and the pairs under it. The part above the first header has an empty path. */
export interface TomlBlock {
  readonly path: TomlPath;
  readonly isList: boolean;
  readonly start: number;
  /** End of the header itself. */
  readonly headerEnd: number;
  readonly pairs: readonly TomlPair[];
}

/** A TOML text with the places of all that it says. */
export interface TomlSource {
  readonly text: string;
  /** The text's value. Integers beyond 2⁵³ are bigints, dates are `Date`s. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly blocks: readonly TomlBlock[];
  /** Offsets of comments. */
  readonly comments: readonly { readonly start: number; readonly end: number }[];
  /** Line of the nearest thing that is written for this path, from 1. */
  lineOf(path: TomlPath): number;
}

/** What is wrong with a text that is no TOML. */
export class TomlError extends Error {
  readonly line: number;

  constructor(problem: string, line: number, options?: ErrorOptions) {
    super(problem, options);
    this.line = line;
  }
}

/** Throws TomlError. */
export function readToml(text: string): TomlSource {
  return new SourceReader(text).read();
}

interface Point {
  readonly line: number;
  readonly column: number;
}

/** As far as the parser's tree matters here; it has no types of its own for the outside. */
interface Node {
  readonly type: string;
  readonly loc: { readonly start: Point; readonly end: Point };
  readonly key?: Node;
  readonly item?: Node;
  readonly items?: readonly Node[];
  readonly value?: unknown;
}

class SourceReader {
  readonly #text: string;
  readonly #lineStarts: number[] = [];
  readonly #lines = new Map<string, number>();
  readonly #comments: { readonly start: number; readonly end: number }[] = [];
  /** How many tables each list has so far. */
  readonly #listLengths = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
    // A byte order mark is no column of the first line.
    this.#lineStarts.push(text.startsWith('\uFEFF') ? 1 : 0);
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  read(): TomlSource {
    const { nodes, value } = parse(this.#text);
    const blocks: TomlBlock[] = [];
    const top: TomlPair[] = [];
    blocks.push({ path: [], isList: false, start: this.#offset({ line: 1, column: 0 }), headerEnd: 0, pairs: top });
    for (const node of nodes) {
      if (node.type === 'Comment') this.#addComment(node);
      else if (node.type === 'KeyValue') top.push(this.#pair(node, []));
      else blocks.push(this.#block(node));
    }
    return {
      text: this.#text,
      value,
      blocks,
      comments: this.#comments,
      lineOf: (path) => this.#lineOf(path),
    };
  }

  #block(node: Node): TomlBlock {
    const isList = node.type === 'TableArray';
    const header = node.key;
    const names = namesOf(header?.item);
    const path = isList ? this.#nextInList(names) : this.#resolve(names);
    this.#note(path, node.loc.start.line);
    const pairs: TomlPair[] = [];
    for (const item of node.items ?? []) {
      if (item.type === 'Comment') this.#addComment(item);
      else pairs.push(this.#pair(item, path));
    }
    return {
      path,
      isList,
      start: this.#offset(node.loc.start),
      headerEnd: this.#offset(header?.loc.end ?? node.loc.start),
      pairs,
    };
  }

  #pair(node: Node, parent: TomlPath): TomlPair {
    const path = [...parent, ...namesOf(node.key)];
    const value = node.value as Node;
    this.#note(path, node.loc.start.line);
    return {
      path,
      start: this.#offset(node.loc.start),
      end: this.#offset(node.loc.end),
      valueStart: this.#offset(value.loc.start),
      isInlineTable: value.type === 'InlineTable',
      inner: this.#inner(value, path),
    };
  }

  /** Also looks into lists, for the places of what stands there. */
  #inner(value: Node, path: TomlPath): readonly TomlPair[] {
    const pairs: TomlPair[] = [];
    let index = 0;
    for (const { type, item, loc } of value.items ?? []) {
      if (type === 'Comment') this.#addComment({ type, loc });
      if (item === undefined) continue;
      if (value.type === 'InlineTable') pairs.push(this.#pair(item, path));
      else {
        const place = [...path, index++];
        this.#note(place, item.loc.start.line);
        this.#inner(item, place);
      }
    }
    return pairs;
  }

  /** The table that a header means: of a list, its last one. */
  #resolve(names: readonly string[]): TomlPath {
    const path: (string | number)[] = [];
    for (const name of names) {
      path.push(name);
      const length = this.#listLengths.get(keyOf(path));
      if (length !== undefined) path.push(length - 1);
    }
    return path;
  }

  #nextInList(names: readonly string[]): TomlPath {
    const list = [...this.#resolve(names.slice(0, -1)), names.at(-1) ?? ''];
    const index = this.#listLengths.get(keyOf(list)) ?? 0;
    this.#listLengths.set(keyOf(list), index + 1);
    return [...list, index];
  }

  #addComment({ loc }: Node): void {
    this.#comments.push({ start: this.#offset(loc.start), end: this.#offset(loc.end) });
  }

  /** What a dotted name implies stands there too. */
  #note(path: TomlPath, line: number): void {
    for (let length = 1; length <= path.length; length++) {
      const key = keyOf(path.slice(0, length));
      if (!this.#lines.has(key)) this.#lines.set(key, line);
    }
  }

  #lineOf(path: TomlPath): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(keyOf(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  }

  #offset({ line, column }: Point): number {
    return (this.#lineStarts[line - 1] ?? this.#text.length) + column;
  }
}

function parse(text: string): { readonly nodes: readonly Node[]; readonly value: Readonly<Record<string, unknown>> } {
  try {
    const document = new TomlDocument(text);
    return { nodes: document.cst as unknown as readonly Node[], value: document.toJsObject };
  } catch (error) {
    const { message, line } = error as Error & { readonly line?: number };
    // The parser shows the place over several lines; the last one says what is wrong.
    const problem = message.trim().split('\n').at(-1) ?? message;
    throw new TomlError(problem, line ?? 1, { cause: error });
  }
}

function namesOf(key: Node | undefined): readonly string[] {
  return (key?.value ?? []) as readonly string[];
}

function keyOf(path: TomlPath): string {
  return JSON.stringify(path);
}
