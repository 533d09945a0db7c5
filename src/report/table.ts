import Table from 'cli-table3';

/** One line of a table; the first cell is its name. */
export type Row = readonly string[];

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** Columns, two spaces apart: the first ones, of words, to the left, the others, of numbers, to the right. Colours do not disturb it. */
export function renderTable(rows: readonly Row[], wordColumns = 1): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
    colAligns: Array.from({ length: columns }, (_, column) => (column < wordColumns ? 'left' : 'right')),
  });
  for (const row of rows) table.push([...row, ...new Array<string>(columns - row.length).fill('')]);
  return rows.length === 0
    ? []
    : table
        .toString()
        .split('\n')
        .map((line) => line.trimEnd());
}

/** Lines of whole words, none longer than `width` unless a word is. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
