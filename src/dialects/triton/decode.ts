import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import { NO_USAGE } from '../../model/usage.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader, pushFinish } from '../parts.ts';
import { createTextJoiner } from './text-joiner.ts';

/**
 * Reads one answer: an event for each response of the model, or one JSON body of the same shape. Nothing says that a stream has
 * ended, nor why: only its end does.
 */
export function openAnswer(_isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(new ResponseDecoder(), onFrame);
}

class ResponseDecoder implements FrameDecoder {
  readonly #takeNew = createTextJoiner();
  readonly #readModel = createModelReader();
  /** Tokens without text of their own (half a character) count with the text that they lead to. */
  #held = 0;
  #tokens: number | undefined;

  event(data: string): Frame {
    return this.#decode(data, this.#takeNew);
  }

  body(json: string): Frame {
    const frame = this.#decode(json, asText);
    const isAnswer = frame.every(({ type }) => type !== 'malformed' && type !== 'error' && type !== 'unknown');
    return isAnswer ? [...frame, ...this.#usage()] : frame;
  }

  end(): readonly StreamPart[] {
    return [...this.#usage(), ...DONE];
  }

  #decode(json: string, newIn: (text: string) => string | undefined): Frame {
    const response = parseObject(json);
    if (typeof response === 'string') return [{ type: 'malformed', message: response }];
    const parts: StreamPart[] = [];
    this.#readModel(response['model_name'], parts);
    this.#readText(response, newIn, parts);
    const { finish_reason: finish } = response;
    // The vLLM backend says None until there is a reason.
    if (finish !== 'None') pushFinish(finish, FINISH_REASONS, parts);
    if (response['error']) parts.push(providerErrorPart(response));
    return parts.length === 0 ? UNKNOWN : parts;
  }

  #readText(response: Fields, newIn: (text: string) => string | undefined, parts: StreamPart[]): void {
    // A list where the model gives several answers at once (beams): the first is the best.
    const output = asArray(response['text_output'])[0] ?? response['text_output'];
    const text = typeof output === 'string' ? newIn(output) : undefined;
    const tokens = asCount(response['num_output_tokens']);
    if (tokens !== undefined) {
      this.#held += tokens;
      this.#tokens = (this.#tokens ?? 0) + tokens;
    }
    if (text === undefined || text === '') return;
    parts.push({ type: 'content', text });
    if (this.#held > 0) parts.push({ type: 'token-count', tokens: this.#held });
    this.#held = 0;
  }

  /** The vLLM backend counts each response's tokens for who asks for it (`return_num_output_tokens`). */
  #usage(): readonly StreamPart[] {
    if (this.#tokens === undefined) return [];
    const raw = { num_output_tokens: this.#tokens };
    return [{ type: 'usage', usage: { ...NO_USAGE, outputTokens: this.#tokens, raw } }];
  }
}

const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
]);
