import type { StreamPart } from '../../model/stream-part.ts';
import { asArray, asCount, asObject, asText, type Fields } from '../json.ts';

/** Follows the tool calls of one answer, which come in pieces. */
export interface ToolCallReader {
  /** Adds the parts of one delta. Calls are numbered from 0 over the whole answer. */
  read(choice: number, delta: Fields, parts: StreamPart[]): void;
}

/**
 * Pieces belong together by `index`; where a server gives none (Mistral), a new `id` starts a new call, where it gives neither
 * (mlx_lm), a name does, and anything else goes on with the last. Empty ids and names that are repeated (DashScope) change nothing.
 * Also reads the older `function_call`.
 */
export function createToolCallReader(): ToolCallReader {
  const numbers = new Map<string, number>();
  const named = new Set<number>();
  let lastKey: string | undefined;
  const numberOf = (key: string): number => {
    lastKey = key;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  const keyOf = (choice: number, piece: Fields): string => {
    const index = asCount(piece['index']);
    if (index !== undefined) return `${choice}/${index}`;
    const id = asText(piece['id']);
    if (id !== undefined) return `${choice}/id/${id}`;
    const isNamed = asText(asObject(piece['function'])?.['name']) !== undefined;
    if (lastKey !== undefined && !(isNamed && lastKey.startsWith(`${choice}/place/`))) return lastKey;
    return `${choice}/place/${numbers.size}`;
  };
  const readPiece = (key: string, piece: Fields, parts: StreamPart[]): void => {
    const call = numberOf(key);
    const fn = asObject(piece['function']) ?? piece;
    const name = asText(fn['name']);
    if (name !== undefined && !named.has(call)) {
      named.add(call);
      parts.push({ type: 'tool-name', call, id: asText(piece['id']), name });
    }
    const args = fn['arguments'];
    const text = asText(asObject(args) === undefined ? args : JSON.stringify(args));
    if (text !== undefined) parts.push({ type: 'tool-arguments', call, text });
  };
  return {
    read(choice, delta, parts) {
      for (const piece of asArray(delta['tool_calls'])) {
        const fields = asObject(piece);
        if (fields !== undefined) readPiece(keyOf(choice, fields), fields, parts);
      }
      const legacy = asObject(delta['function_call']);
      if (legacy !== undefined) readPiece(`${choice}/function_call`, legacy, parts);
    },
  };
}
