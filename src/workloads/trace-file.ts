import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AppError } from '../errors.ts';
import type { TracedPrompts } from '../model/recipe.ts';
import { MS_PER_SECOND } from '../model/units.ts';
import { readEntries } from './json-entries.ts';
import { readFields } from './jsonl.ts';
import { malformed, type Place } from './prompt-fields.ts';
import { unreadable } from './read-file.ts';

/** One arrival, as its file has it. */
interface Arrival {
  readonly atMs: number;
  readonly inputTokens: number;
  /** 0: not said. */
  readonly outputTokens: number;
  readonly blocks: readonly (string | number)[];
  readonly text: string | undefined;
}

/** A trace, and how many of its rows were no requests that could be repeated. */
export interface TraceFile {
  readonly trace: TracedPrompts;
  readonly passedOver: number;
}

/** Of Mooncake's traces, where equal ids are equal blocks of this many tokens. */
const BLOCK_TOKENS = 512;

/**
 * Arrivals of a file, in order of time: JSON objects (Mooncake's `timestamp`, `input_length`, `output_length`, `hash_ids`, or our own `at_ms`,
 * `input_tokens`, `output_tokens`, `blocks`, `prompt`), or BurstGPT's CSV. Rejects with FILE_UNREADABLE, FILE_MALFORMED or FILE_EMPTY.
 */
export async function readTrace(file: string): Promise<TraceFile> {
  const arrivals: Arrival[] = [];
  let passedOver = 0;
  for await (const arrival of file.toLowerCase().endsWith('.csv') ? readCsv(file) : readJson(file)) {
    if (arrival === undefined) passedOver++;
    else arrivals.push(arrival);
  }
  if (arrivals.length === 0) throw new AppError('FILE_EMPTY', { file });
  return { trace: toTrace(arrivals.toSorted((a, b) => a.atMs - b.atMs)), passedOver };
}

function toTrace(arrivals: readonly Arrival[]): TracedPrompts {
  const ids = new Map<string | number, number>();
  const blocks: number[] = [];
  const blockEnds = new Uint32Array(arrivals.length);
  const texts: Record<number, string> = {};
  const startMs = arrivals[0]?.atMs ?? 0;
  for (const [index, arrival] of arrivals.entries()) {
    for (const block of arrival.blocks) {
      const id = ids.get(block) ?? ids.size;
      ids.set(block, id);
      blocks.push(id);
    }
    blockEnds[index] = blocks.length;
    if (arrival.text !== undefined) texts[index] = arrival.text;
  }
  return {
    kind: 'trace',
    arrivesAtMs: Float64Array.from(arrivals, ({ atMs }) => atMs - startMs),
    inputTokens: Uint32Array.from(arrivals, ({ inputTokens }) => inputTokens),
    outputTokens: Uint32Array.from(arrivals, ({ outputTokens }) => outputTokens),
    blocks: Uint32Array.from(blocks),
    blockEnds,
    blockTokens: BLOCK_TOKENS,
    texts,
  };
}

async function* readJson(file: string): AsyncGenerator<Arrival> {
  for await (const { value, line } of readEntries(file))
    yield arrivalOf(readFields(value, { file, line }), { file, line });
}

const EXAMPLE = '{"at_ms": 0, "input_tokens": 900, "output_tokens": 120}';

function arrivalOf(fields: Readonly<Record<string, unknown>>, place: Place): Arrival {
  const at = firstOf(fields, ['at_ms', 'timestamp', 'created_time']);
  const input = firstOf(fields, ['input_tokens', 'input_length']);
  const output = firstOf(fields, ['output_tokens', 'output_length']);
  const blocks = firstOf(fields, ['blocks', 'hash_ids']);
  const { prompt } = fields;
  if (at === undefined) throw malformed(place, 'the time of arrival is missing', `write ${EXAMPLE}`);
  if (prompt !== undefined && (typeof prompt !== 'string' || prompt.trim() === ''))
    throw malformed(place, 'prompt must be a text that is not empty', `write ${EXAMPLE}`);
  if (input === undefined && prompt === undefined)
    throw malformed(place, 'neither the tokens of the prompt nor the prompt is there', `write ${EXAMPLE}`);
  return {
    atMs: numberOf(at, place, { from: 0, isWhole: false }),
    inputTokens: input === undefined ? 0 : numberOf(input, place, { from: 1, isWhole: true }),
    outputTokens: output === undefined ? 0 : numberOf(output, place, { from: 1, isWhole: true }),
    blocks: blocks === undefined ? [] : blocksOf(blocks, place),
    text: prompt,
  };
}

interface Named {
  readonly name: string;
  readonly value: unknown;
}

function firstOf(fields: Readonly<Record<string, unknown>>, names: readonly string[]): Named | undefined {
  const name = names.find((each) => fields[each] !== undefined && fields[each] !== null);
  return name === undefined ? undefined : { name, value: fields[name] };
}

function numberOf(
  { name, value }: Named,
  place: Place,
  { from, isWhole }: { readonly from: number; readonly isWhole: boolean },
): number {
  if (typeof value === 'number' && value >= from && value < 2 ** 32 && (!isWhole || Number.isInteger(value)))
    return value;
  throw malformed(place, `${name} must be a ${isWhole ? 'whole ' : ''}number from ${from}`, `write ${EXAMPLE}`);
}

function blocksOf({ name, value }: Named, place: Place): readonly (string | number)[] {
  const isId = (id: unknown): id is string | number => typeof id === 'string' || typeof id === 'number';
  if (Array.isArray(value) && value.every(isId)) return value;
  throw malformed(place, `${name} must be a list of numbers or texts`, `each stands for ${BLOCK_TOKENS} tokens`);
}

/** BurstGPT's columns by their names; all others are passed over. Times are seconds. */
const COLUMNS = { at: 'timestamp', input: 'request tokens', output: 'response tokens' } as const;

/** Undefined for a request that failed when it was traced: it has no answer. */
async function* readCsv(file: string): AsyncGenerator<Arrival | undefined> {
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  let places: Readonly<Record<keyof typeof COLUMNS, number>> | undefined;
  let line = 0;
  try {
    for await (const text of lines) {
      line++;
      if (text.trim() === '') continue;
      const cells = cellsOf(text);
      if (places === undefined) places = columnsOf(cells, { file, line });
      else yield rowOf(cells, places, { file, line });
    }
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(file, error);
  }
}

/** No column that is read here holds a comma. */
function cellsOf(text: string): readonly string[] {
  const cells = text.replace(/^\uFEFF/, '').split(',');
  return cells.map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
}

function columnsOf(cells: readonly string[], place: Place): Readonly<Record<keyof typeof COLUMNS, number>> {
  const placeOf = (name: string): number => {
    const found = cells.findIndex((cell) => cell.toLowerCase() === name);
    if (found >= 0) return found;
    throw malformed(
      place,
      `there is no column "${name}"`,
      'the first line names the columns: Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type',
    );
  };
  return { at: placeOf(COLUMNS.at), input: placeOf(COLUMNS.input), output: placeOf(COLUMNS.output) };
}

function rowOf(
  cells: readonly string[],
  places: Readonly<Record<keyof typeof COLUMNS, number>>,
  place: Place,
): Arrival | undefined {
  const read = (column: keyof typeof COLUMNS): number => {
    const cell = cells[places[column]] ?? '';
    const value = Number(cell);
    if (cell !== '' && Number.isFinite(value) && value >= 0 && value < 2 ** 32) return value;
    throw malformed(place, `"${cell}" in column ${COLUMNS[column]} is no number`, 'mend or remove the line');
  };
  const [at, input, output] = [read('at'), Math.round(read('input')), Math.round(read('output'))];
  if (input === 0 || output === 0) return undefined;
  return { atMs: at * MS_PER_SECOND, inputTokens: input, outputTokens: output, blocks: [], text: undefined };
}
