import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { AppError } from '../errors.ts';
import type { ProviderRow } from './provider-row.ts';
import { providerRowSchema } from './provider-row-schema.ts';

const SHAPE = 'write a list of providers, each with "prefixes" and "dialect"; docs/providers.md has all fields';

/**
 * A user's rows, from JSON or YAML (JSON is YAML): a list, or a map with the list under `providers`. Throws FILE_MALFORMED, with
 * the line and the path of the first wrong field.
 */
export function readCatalogFile(text: string, file: string): readonly ProviderRow[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number | undefined): number => lines.linePos(offset ?? 0).line || 1;
  const fail = (line: number, problem: string): AppError => {
    return new AppError('FILE_MALFORMED', { file, line, problem, hint: SHAPE });
  };
  const [mistake] = document.errors;
  if (mistake !== undefined)
    throw fail(lineOf(mistake.pos[0]), `this is neither JSON nor YAML (${firstLine(mistake)})`);
  const contents = document.contents;
  const list = isMap(contents) ? contents.get('providers', true) : contents;
  if (!isSeq(list)) throw fail(1, 'there is no list of providers');
  const start = isMap(contents) ? ['providers'] : [];
  const rows = list.items.map((item, index) => {
    const result = providerRowSchema.safeParse(toPlain(document, item as Node, fail));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const path = [...start, index, ...(issue?.path ?? [])];
    throw fail(lineOf(nodeAt(document, path)?.range?.[0]), `${toDotted(path)}: ${messageOf(issue)}`);
  });
  refuseTwins(rows, (index, prefix) => {
    return fail(
      lineOf((list.items[index] as Node).range?.[0]),
      `${toDotted([...start, index])}: ${prefix} stands here twice`,
    );
  });
  return rows;
}

/** Aliases are only followed here, and may lead nowhere. */
function toPlain(document: Document, item: Node, fail: (line: number, problem: string) => AppError): unknown {
  try {
    return item.toJS(document);
  } catch (error) {
    throw fail(1, `this is not YAML (${firstLine(error as Error)})`);
  }
}

/** The wrong field, or the nearest thing around it. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range !== undefined) return node;
  }
  return undefined;
}

interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly keys?: readonly string[] | undefined;
}

function messageOf(issue: Issue | undefined): string {
  if (issue === undefined) return 'is wrong';
  if (issue.code === 'unrecognized_keys') return `has no field ${(issue.keys ?? []).join(', ')}`;
  return issue.message;
}

function refuseTwins(rows: readonly ProviderRow[], complain: (index: number, prefix: string) => AppError): void {
  const seen = new Set<string>();
  rows.forEach(({ prefixes }, index) => {
    for (const prefix of prefixes) {
      if (seen.has(prefix)) throw complain(index, prefix);
      seen.add(prefix);
    }
  });
}

/** `[0].routes[1].models` */
function toDotted(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0] ?? '';
}
