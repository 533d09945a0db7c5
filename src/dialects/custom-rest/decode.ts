import { type JsonPath, valueAt } from '../../model/json-path.ts';
import type { RestTemplate } from '../../model/rest-template.ts';
import type { FinishReason, StreamPart } from '../../model/stream-part.ts';
import type { Target } from '../../model/target.ts';
import type { JsonValue } from '../../model/units.ts';
import { NO_USAGE, type Usage } from '../../model/usage.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openNdjsonAnswer, openSseAnswer, providerErrorPart, UNKNOWN } from '../frames.ts';
import { asCount, asText } from '../json.ts';
import { pushText } from '../parts.ts';
import { type CompiledPaths, pathsOf, templateOf } from './template.ts';

/** Reads one answer as the target's template says. */
export function openAnswer(isStreamed: boolean, onFrame: (frame: Frame) => void, target: Target): AnswerReader {
  const template = templateOf(target);
  const decoder = new TemplateDecoder(template);
  if (template.framing === 'sse') return openSseAnswer(decoder, onFrame);
  return openNdjsonAnswer(decoder, isStreamed && template.framing === 'ndjson', onFrame);
}

class TemplateDecoder implements FrameDecoder {
  readonly #template: RestTemplate;
  readonly #paths: CompiledPaths;
  #usage: Usage = NO_USAGE;

  constructor(template: RestTemplate) {
    this.#template = template;
    this.#paths = pathsOf(template);
  }

  event(data: string): Frame {
    if (data.trim() === this.#template.doneMarker) return DONE;
    return this.#paths.text === undefined ? [{ type: 'content', text: data }] : this.body(data);
  }

  body(json: string): Frame {
    const value = parse(json);
    if (typeof value === 'string') return [{ type: 'malformed', message: value }];
    const parts: StreamPart[] = [];
    pushText('reasoning', textAt(value, this.#paths.reasoning), parts);
    pushText('content', textAt(value, this.#paths.text), parts);
    this.#readFinish(value, parts);
    this.#readUsage(value, parts);
    const error = valueAt(value, this.#paths.error);
    if (error) parts.push(providerErrorPart({ error: error as JsonValue }));
    return parts.length === 0 ? UNKNOWN : parts;
  }

  end(): readonly StreamPart[] {
    const saysItself = this.#template.doneMarker !== undefined || this.#paths.finish !== undefined;
    return saysItself ? [] : DONE;
  }

  #readFinish(value: object, parts: StreamPart[]): void {
    if (this.#paths.finish === undefined) return;
    const found = valueAt(value, this.#paths.finish);
    // Some only say that they have ended.
    const raw = found === true ? 'true' : asText(found);
    if (raw === undefined) return;
    parts.push({ type: 'finish', reason: FINISH_REASONS.get(raw.toLowerCase()) ?? 'other', raw });
  }

  #readUsage(value: object, parts: StreamPart[]): void {
    const { inputTokens: inputPath, outputTokens: outputPath } = this.#paths;
    const inputTokens = inputPath === undefined ? undefined : asCount(valueAt(value, inputPath));
    const outputTokens = outputPath === undefined ? undefined : asCount(valueAt(value, outputPath));
    if (inputTokens === undefined && outputTokens === undefined) return;
    // Either may come by itself, in an event of its own.
    this.#usage = {
      ...this.#usage,
      inputTokens: inputTokens ?? this.#usage.inputTokens,
      outputTokens: outputTokens ?? this.#usage.outputTokens,
    };
    parts.push({ type: 'usage', usage: this.#usage });
  }
}

/** A text, or a list of texts. */
function textAt(value: object, path: JsonPath | undefined): unknown {
  const found = path === undefined ? undefined : valueAt(value, path);
  return Array.isArray(found) ? found.filter((piece) => typeof piece === 'string').join('') : found;
}

/** An object or a list, or what is wrong with it. */
function parse(json: string): object | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return `an event of ${json.length} characters is not JSON`;
  }
  return typeof value === 'object' && value !== null ? value : 'an event is JSON, but not an object';
}

/** Words of all families. */
const FINISH_REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ...(
    [
      'true',
      'stop',
      'stopped',
      'eos',
      'eos_token',
      'end_turn',
      'stop_sequence',
      'complete',
      'completed',
      'done',
      'finished',
    ] as const
  ).map((word) => [word, 'stop'] as const),
  ...(['length', 'max_tokens', 'max_output_tokens', 'limit', 'token_limit'] as const).map(
    (word) => [word, 'length'] as const,
  ),
  ...(['tool_calls', 'tool_use', 'tool_call', 'function_call'] as const).map((word) => [word, 'tool_calls'] as const),
  ...(['content_filter', 'safety'] as const).map((word) => [word, 'content_filter'] as const),
  ...(['error', 'failed'] as const).map((word) => [word, 'error'] as const),
]);
