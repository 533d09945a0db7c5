import type { SseShortcut } from '../wire/sse.ts';
import type { LentText } from './dialect.ts';

/** Kinds of text that may come in many events alike. */
export type RepeatedText = 'content' | 'reasoning';

/** By kind: the names under which its string may stand in an event. */
export type TextNames = Readonly<Record<RepeatedText, readonly string[]>>;

const NOTHING: Uint8Array = new Uint8Array(0);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const FIRST_BEYOND_ASCII = 0x80;
/** So many events in a row that were learned and did not come again: their servers write something new into each. */
const MAX_USELESS = 8;

/**
 * Most events of a stream differ in one string alone, the text. Once such an event has been read properly, the next one with the same
 * bytes around the text needs no JSON reader: its text is what stands between them, if it holds neither quote, backslash nor
 * control character. Anything else is read properly, and learned anew.
 */
export class TextShortcut implements SseShortcut {
  readonly #names: TextNames;
  readonly #onText: (text: LentText) => void;
  /** Lent out over and over. */
  readonly #text = new LentBytes();
  /** Bytes of an event up to its text, and from the quote after it on; undefined before the first was learned. */
  #before: Uint8Array | undefined;
  #after = NOTHING;
  #useless = 0;
  /** What the event said that is just being read, if that was one text alone. */
  #said: { readonly type: RepeatedText; readonly text: string } | undefined;

  constructor(names: TextNames, onText: (text: LentText) => void) {
    this.#names = names;
    this.#onText = onText;
  }

  /** Told of each event that was read properly, before `seen`. */
  read(said: { readonly type: RepeatedText; readonly text: string } | undefined): void {
    this.#said = said;
  }

  take(bytes: Uint8Array, start: number): number {
    const before = this.#before;
    if (before === undefined || !hasAt(bytes, start, before)) return -1;
    const textStart = start + before.length;
    let place = textStart;
    let isAscii = true;
    for (;;) {
      const byte = bytes[place];
      if (byte === undefined || byte < FIRST_PRINTABLE || byte === BACKSLASH) return -1;
      if (byte === QUOTE) break;
      if (byte >= FIRST_BEYOND_ASCII) isAscii = false;
      place++;
    }
    // An empty text may mean something else, such as a role.
    if (place === textStart || !hasAt(bytes, place, this.#after)) return -1;
    this.#useless = 0;
    const text = this.#text;
    text.bytes = bytes;
    text.start = textStart;
    text.end = place;
    text.isAscii = isAscii;
    this.#onText(text);
    return place + this.#after.length;
  }

  seen(bytes: Uint8Array, start: number, end: number): void {
    const said = this.#said;
    this.#said = undefined;
    if (said === undefined || this.#useless >= MAX_USELESS) return;
    const event = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    const place = this.#findText(event, said);
    if (place === undefined) return;
    this.#useless++;
    this.#text.type = said.type;
    this.#before = Uint8Array.from(event.subarray(0, place));
    this.#after = Uint8Array.from(event.subarray(place + Buffer.byteLength(said.text)));
  }

  /** Where the text stands in its event; undefined when that is not quite sure. */
  #findText(event: Buffer, { type, text }: { readonly type: RepeatedText; readonly text: string }): number | undefined {
    // With an escape, one name could be written in two ways; and a text with one does not stand there as it is.
    if (event.includes(BACKSLASH)) return undefined;
    const literal = Buffer.from(`"${text}"`);
    const places = this.#names[type].flatMap((name) =>
      [`"${name}":`, `"${name}": `].flatMap((key) => placesOf(event, Buffer.from(key)).map((at) => at + key.length)),
    );
    const [place, ...others] = places.filter((at) => event.subarray(at, at + literal.length).equals(literal));
    return place === undefined || others.length > 0 ? undefined : place + 1;
  }
}

/** Text as bytes of the read that brought it. */
class LentBytes implements LentText {
  type: RepeatedText = 'content';
  bytes = NOTHING;
  start = 0;
  end = 0;
  isAscii = true;
}

function hasAt(bytes: Uint8Array, start: number, expected: Uint8Array): boolean {
  const length = expected.length;
  if (start + length > bytes.length) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[start + index] !== expected[index]) return false;
  }
  return true;
}

function placesOf(event: Buffer, wanted: Buffer): number[] {
  const places: number[] = [];
  for (let at = event.indexOf(wanted); at !== -1; at = event.indexOf(wanted, at + 1)) places.push(at);
  return places;
}
