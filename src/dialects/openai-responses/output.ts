import type { StreamPart } from '../../model/stream-part.ts';
import { asArray, asCount, asObject, asText, type Fields } from '../json.ts';
import { CALLS, type CallKind, callOfItem } from './call-kinds.ts';
import { createCallBook } from './calls.ts';

/** Where generated text may stand: in pieces, or whole at the end of its part, of its item, or of the answer. */
type Source = 'delta' | 'done' | 'item' | 'answer';

/**
 * Follows the output of one answer. Its text is sent up to four times over; each kind of text counts where it came first and nowhere
 * else. Most servers send pieces, but gateways are known that send tool arguments or all else only whole.
 */
export class OutputReader {
  readonly #calls = createCallBook();
  readonly #named = new Set<number>();
  /** Numbers of the calls whose item has been seen. */
  readonly #known = new Set<number>();
  readonly #sources = new Map<string, Source>();
  #hasOutput = false;
  #hasCalls = false;

  /** Whether the model waits for the caller to run a tool. */
  get hasCalls(): boolean {
    return this.#hasCalls;
  }

  /** An event of the stream other than those about the whole answer. */
  readEvent(type: string, event: Fields): readonly StreamPart[] {
    const item = asObject(event['item']);
    if (type === 'response.output_item.added') return item === undefined ? [] : this.#open(item, event);
    if (type === 'response.output_item.done') return item === undefined ? [] : this.#item(item, event, 'item');
    const [, kind = '', end] = /^response\.([\w.]+)\.(delta|done)$/.exec(type) ?? [];
    return end === 'delta' || end === 'done' ? this.#text(kind, event, end) : [];
  }

  /** The items of a whole answer. They count only when nothing came before: their places need not be those of the stream. */
  readAnswer(items: readonly unknown[]): readonly StreamPart[] {
    if (this.#hasOutput) return [];
    return items.flatMap((value, place) => {
      const item = asObject(value);
      return item === undefined ? [] : this.#item(item, { output_index: place }, 'answer');
    });
  }

  /** Texts that may stand in a new item already are left: they come again, in pieces or whole. */
  #open(item: Fields, event: Fields): readonly StreamPart[] {
    const call = callOfItem(item);
    if (call !== undefined) return this.#name(this.#calls.open(asText(item['id']), placeOf(event)), item, call);
    return item['type'] === 'message' ? [{ type: 'role' }] : [];
  }

  #item(item: Fields, event: Fields, source: Source): readonly StreamPart[] {
    const call = callOfItem(item);
    if (call !== undefined) {
      const number = this.#calls.find(asText(item['id']), placeOf(event));
      return [...this.#name(number, item, call), ...this.#arguments(number, call.written(item), source)];
    }
    // A picture counts as content.
    const picture = item['type'] === 'image_generation_call' ? asText(item['result']) : undefined;
    if (picture !== undefined)
      return this.#admit({ type: 'content', text: picture }, `picture/${placeOf(event)}`, source);
    const lists = TEXT_LISTS.get(asText(item['type']) ?? '') ?? [];
    return lists.flatMap(([list, usual]) =>
      asArray(item[list]).flatMap((value) => {
        const piece = asObject(value) ?? {};
        const kind = asText(piece['type']) ?? '';
        return this.#text(TEXTS.has(kind) ? kind : usual, piece, source);
      }),
    );
  }

  #text(kind: string, fields: Fields, source: Source): readonly StreamPart[] {
    const text = TEXTS.get(kind);
    if (text !== undefined) {
      const value = asText(fields[source === 'delta' ? 'delta' : text.field]);
      return value === undefined ? [] : this.#admit({ type: text.part, text: value }, text.part, source);
    }
    const call = CALLS.find(({ event }) => event === kind);
    const value = call === undefined ? undefined : asText(fields[source === 'delta' ? 'delta' : call.field]);
    if (call === undefined || value === undefined) return [];
    const number = this.#calls.find(asText(fields['item_id']), placeOf(fields));
    if (!this.#known.has(number)) this.#hasCalls ||= call.isOurs({});
    return this.#arguments(number, value, source);
  }

  #name(number: number, item: Fields, call: CallKind): readonly StreamPart[] {
    this.#hasOutput = true;
    this.#known.add(number);
    this.#hasCalls ||= call.isOurs(item);
    const name = asText(item['name']);
    if (name === undefined || this.#named.has(number)) return [];
    this.#named.add(number);
    return [{ type: 'tool-name', call: number, id: asText(item['call_id']) ?? asText(item['id']), name }];
  }

  #arguments(number: number, value: unknown, source: Source): readonly StreamPart[] {
    const isBare = value === undefined || value === null || typeof value === 'string';
    const text = asText(isBare ? value : JSON.stringify(value));
    return text === undefined
      ? []
      : this.#admit({ type: 'tool-arguments', call: number, text }, `call/${number}`, source);
  }

  #admit(part: StreamPart, of: string, source: Source): readonly StreamPart[] {
    if ((this.#sources.get(of) ?? source) !== source) return [];
    this.#sources.set(of, source);
    this.#hasOutput = true;
    return [part];
  }
}

function placeOf(event: Fields): number | undefined {
  return asCount(event['output_index']);
}

interface TextKind {
  readonly part: 'content' | 'refusal' | 'reasoning';
  /** The field that holds the whole text; pieces are in `delta`. */
  readonly field: string;
}

/** Texts by the middle of their events' names, which is mostly their type too. `reasoning` is Open Responses' name. */
const TEXTS: ReadonlyMap<string, TextKind> = new Map([
  ['output_text', { part: 'content', field: 'text' }],
  ['refusal', { part: 'refusal', field: 'refusal' }],
  ['reasoning_text', { part: 'reasoning', field: 'text' }],
  ['reasoning', { part: 'reasoning', field: 'text' }],
  ['reasoning_summary_text', { part: 'reasoning', field: 'text' }],
  ['audio', { part: 'content', field: 'data' }],
  ['audio.transcript', { part: 'content', field: 'transcript' }],
]);

/** Where an item's texts lie, and what a text is that says nothing else. */
const TEXT_LISTS: ReadonlyMap<string, readonly (readonly [list: string, kind: string])[]> = new Map([
  ['message', [['content', 'output_text']]],
  [
    'reasoning',
    [
      ['summary', 'reasoning_summary_text'],
      ['content', 'reasoning_text'],
    ],
  ],
]);
