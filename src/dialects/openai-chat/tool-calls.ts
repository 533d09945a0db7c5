import type { StreamPart } from '../../model/stream-part.ts';
import { asArray, asCount, asObject, asText, type Fields } from '../json.ts';

interface Call {
  /** From 0, over the whole answer. */
  readonly number: number;
  /** Of the piece that named it. */
  id: string | undefined;
  isNamed: boolean;
}

/**
 * Follows the tool calls of one answer, which come in pieces. Pieces belong together by `index`; where a server gives none (Mistral),
 * a new `id` starts a new call, where it gives neither (mlx_lm), a name does, and anything else goes on with the last. A name under
 * another id is a call of its own, also at an index that was used. Empty ids and names that are repeated (DashScope) change nothing.
 * Also reads the older `function_call`, and custom tools, whose input is free text.
 */
export class ToolCallReader {
  readonly #calls = new Map<string, Call>();
  #count = 0;
  #lastKey: string | undefined;

  /** Adds the parts of one delta. */
  read(choice: number, delta: Fields, parts: StreamPart[]): void {
    for (const piece of asArray(delta['tool_calls'])) {
      const fields = asObject(piece);
      if (fields !== undefined) this.#readPiece(this.#keyOf(choice, fields), fields, parts);
    }
    const legacy = asObject(delta['function_call']);
    if (legacy !== undefined) this.#readPiece(`${choice}/function_call`, legacy, parts);
  }

  #keyOf(choice: number, piece: Fields): string {
    const index = asCount(piece['index']);
    if (index !== undefined) return `${choice}/${index}`;
    const id = asText(piece['id']);
    if (id !== undefined) return `${choice}/id/${id}`;
    const isNamed = asText(toolOf(piece)['name']) !== undefined;
    if (this.#lastKey !== undefined && !(isNamed && this.#lastKey.startsWith(`${choice}/place/`))) return this.#lastKey;
    return `${choice}/place/${this.#count}`;
  }

  #readPiece(key: string, piece: Fields, parts: StreamPart[]): void {
    const tool = toolOf(piece);
    const id = asText(piece['id']);
    const name = asText(tool['name']);
    const call = this.#callAt(key, name === undefined ? undefined : id);
    if (name !== undefined && !call.isNamed) {
      Object.assign(call, { id, isNamed: true });
      parts.push({ type: 'tool-name', call: call.number, id, name });
    }
    const written = tool['arguments'] ?? tool['input'];
    const text = asText(asObject(written) === undefined ? written : JSON.stringify(written));
    if (text !== undefined) parts.push({ type: 'tool-arguments', call: call.number, text });
  }

  /** `id`: of a piece that holds a name. */
  #callAt(key: string, id: string | undefined): Call {
    this.#lastKey = key;
    const known = this.#calls.get(key);
    const isSame = id === undefined || known?.id === undefined || known.id === id;
    if (known !== undefined && isSame) return known;
    const call = { number: this.#count++, id: undefined, isNamed: false };
    this.#calls.set(key, call);
    return call;
  }
}

function toolOf(piece: Fields): Fields {
  return asObject(piece['function']) ?? asObject(piece['custom']) ?? piece;
}
