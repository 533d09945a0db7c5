import type { StreamPart } from '../../model/stream-part.ts';
import { asArray, asObject, asText, type Fields } from '../json.ts';

export interface ToolCallReader {
  /** Whether a call has come. */
  readonly hasCalls: boolean;
  /** Takes the parts of one piece of an answer; pieces without a call say nothing. */
  read(piece: Fields, parts: StreamPart[]): void;
}

/**
 * A call comes whole, or (Vertex AI's `streamFunctionCallArguments`) as a name followed by nameless pieces; a name begins the next.
 * https://ai.google.dev/api/caching#FunctionCall
 */
export function createToolCallReader(): ToolCallReader {
  let calls = 0;
  return {
    get hasCalls() {
      return calls > 0;
    },
    read(piece, parts) {
      const fields = asObject(piece['functionCall']);
      if (fields === undefined) return;
      const name = asText(fields['name']);
      if (name !== undefined) parts.push({ type: 'tool-name', call: calls++, id: asText(fields['id']), name });
      const text = argumentsOf(fields);
      if (calls > 0 && text !== undefined) parts.push({ type: 'tool-arguments', call: calls - 1, text });
    },
  };
}

/** Whole arguments as JSON. Streamed ones name a path and a value: the value is what the model has written in this piece. */
function argumentsOf(call: Fields): string | undefined {
  const whole = asObject(call['args']);
  if (whole !== undefined) return JSON.stringify(whole);
  return asText(asArray(call['partialArgs']).map(textOfPartial).join(''));
}

function textOfPartial(partial: unknown): string {
  const fields = asObject(partial) ?? {};
  const text = asText(fields['stringValue']);
  if (text !== undefined) return text;
  const value = fields['numberValue'] ?? fields['boolValue'];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return 'nullValue' in fields ? 'null' : '';
}
