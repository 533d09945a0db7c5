import { type Document, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import { AppError } from '../errors.ts';
import { MEND } from './problems.ts';
import type { TomlPath } from './toml/source.ts';

/** What a YAML or JSON file says, with the lines that say it. */
export interface YamlSource {
  readonly value: unknown;
  /** Of a field, or of the nearest thing around it. */
  readonly lineOf: (path: TomlPath) => number;
}

/** JSON is YAML. Throws FILE_MALFORMED. */
export function readYaml(file: string, text: string, mend: string = MEND): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  return {
    value: toValue(document, { file, lines, mend }),
    lineOf: (path) => lineIn(document, { path, lines }),
  };
}

interface Reading {
  readonly file: string;
  readonly lines: LineCounter;
  readonly mend: string;
}

function toValue(document: Document, { file, lines, mend }: Reading): unknown {
  const [mistake] = document.errors;
  const refuse = (problem: string, line: number): AppError =>
    new AppError('FILE_MALFORMED', { file, line, problem: `this is not YAML (${problem})`, hint: mend });
  if (mistake !== undefined) throw refuse(mistake.message, lines.linePos(mistake.pos[0]).line);
  try {
    return document.toJS();
  } catch (error) {
    // An alias that leads nowhere, or too far.
    throw refuse((error as Error).message, 1);
  }
}

function lineIn(document: Document, { path, lines }: { readonly path: TomlPath; readonly lines: LineCounter }): number {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(document, path.slice(0, length));
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** Its name, where it has one: what follows may be many lines further down. */
function nodeAt(document: Document, path: TomlPath): Node | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const items = (parent as { readonly items?: readonly unknown[] } | undefined)?.items ?? [];
  if (typeof last === 'number') return isNode(items[last]) ? items[last] : undefined;
  for (const item of items) {
    const { key } = item as { readonly key?: unknown };
    if (isNode(key) && (key as { readonly value?: unknown }).value === last) return key;
  }
  return undefined;
}
