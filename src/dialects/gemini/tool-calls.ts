import type { StreamPart } from '../../model/stream-part.ts';
import { asArray, asObject, asText, type Fields } from '../json.ts';
import { JsonWriter } from './json-writer.ts';

/**
 * Follows the calls of one answer. A call comes whole, or (Vertex AI's `streamFunctionCallArguments`) as a name followed by nameless
 * pieces; a piece that does not continue ends it, as does the next name. https://ai.google.dev/api/caching#FunctionCall
 */
export class ToolCallReader {
  #calls = 0;
  #hasOurs = false;
  /** Of the call whose arguments come in pieces. */
  #writer: JsonWriter | undefined;

  /** Whether the model waits for the caller to run a tool. */
  get hasCalls(): boolean {
    return this.#hasOurs;
  }

  /** Takes one piece of an answer; pieces without a call say nothing. */
  read(piece: Fields, parts: StreamPart[]): void {
    const servers = asObject(piece['toolCall']);
    if (servers !== undefined) this.#begin(asText(servers['toolType']), servers, parts);
    const call = asObject(piece['functionCall']);
    if (call === undefined) return;
    const name = asText(call['name']);
    this.#hasOurs ||= name !== undefined;
    if (name !== undefined) this.#begin(name, call, parts);
    for (const partial of asArray(call['partialArgs'])) {
      this.#writer ??= this.#calls > 0 ? new JsonWriter() : undefined;
      this.#write(this.#writer?.write(asObject(partial) ?? {}), parts);
    }
    if (call['willContinue'] !== true) this.end(parts);
  }

  /** Completes arguments that were left open. */
  end(parts: StreamPart[]): void {
    this.#write(this.#writer?.end(), parts);
    this.#writer = undefined;
  }

  #begin(name: string | undefined, call: Fields, parts: StreamPart[]): void {
    this.end(parts);
    const number = this.#calls++;
    if (name !== undefined) parts.push({ type: 'tool-name', call: number, id: asText(call['id']), name });
    const whole = asObject(call['args']);
    if (whole !== undefined) this.#write(JSON.stringify(whole), parts);
  }

  #write(text: string | undefined, parts: StreamPart[]): void {
    if (text !== undefined && text !== '') parts.push({ type: 'tool-arguments', call: this.#calls - 1, text });
  }
}
