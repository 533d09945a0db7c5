import { styleText } from 'node:util';

/** How words are set off on a terminal. */
export interface Style {
  title(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  caution(text: string): string;
  bad(text: string): string;
}

type Format = Parameters<typeof styleText>[0];

/**
 * Colours for a stream; plain text where it is no terminal, or where NO_COLOR, NODE_DISABLE_COLORS or TERM=dumb say so, and
 * colour everywhere with FORCE_COLOR: Node's own rules.
 */
export function createStyle(stream: NodeJS.WriteStream): Style {
  const paint =
    (format: Format) =>
    (text: string): string =>
      styleText(format, text, { stream, validateStream: true });
  return {
    title: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    caution: paint('yellow'),
    bad: paint('red'),
  };
}

/** No colours at all. */
export const PLAIN_STYLE: Style = { title: same, dim: same, good: same, caution: same, bad: same };

function same(text: string): string {
  return text;
}
