import type { StreamPart } from '../../model/stream-part.ts';
import type { JsonValue } from '../../model/units.ts';
import { NO_USAGE } from '../../model/usage.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { DONE, type FrameDecoder, openSseAnswer, UNKNOWN } from '../frames.ts';
import { asArray, asCount, asObject, asText, type Fields, parseObject } from '../json.ts';
import { createModelReader, pushText } from '../parts.ts';
import { MS_PER_SECOND, serverTimings } from '../server-timings.ts';

/** Reads one answer: a stream of bare text, or a prediction that has ended. https://replicate.com/docs/topics/predictions/streaming */
export function openAnswer(isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openSseAnswer(createDecoder(isStreamed), onFrame);
}

function createDecoder(isStreamed: boolean): FrameDecoder {
  return {
    event(data, name) {
      if (name === 'output') return [{ type: 'content', text: data }];
      return name === 'done' ? readEnd(data) : UNKNOWN;
    },
    body(json) {
      const prediction = parseObject(json);
      if (typeof prediction === 'string') return [{ type: 'malformed', message: prediction }];
      return readPrediction(prediction, isStreamed);
    },
  };
}

/** Empty for an answer that is whole; else why it is not. An event of its own may have said more before. */
function readEnd(data: string): Frame {
  const end = parseObject(data);
  const reason = typeof end === 'string' ? undefined : asText(end['reason']);
  if (reason === undefined) return DONE;
  return [{ type: 'error', message: `the prediction ended: ${reason}`, code: reason }, ...DONE];
}

function readPrediction(prediction: Fields, isStreamed: boolean): Frame {
  const status = asText(prediction['status']);
  const error = prediction['error'];
  if (error) {
    return [{ type: 'error', message: typeof error === 'string' ? error : JSON.stringify(error), code: status }];
  }
  if (status === undefined) return UNKNOWN;
  if (status !== 'succeeded') return [{ type: 'error', message: whyUnfinished(status, isStreamed), code: status }];
  const parts: StreamPart[] = [];
  createModelReader()(prediction['model'], parts);
  const output = prediction['output'];
  pushText('content', typeof output === 'string' ? output : asArray(output).map(String).join(''), parts);
  readMetrics(asObject(prediction['metrics']) ?? {}, parts);
  return parts.length === 0 ? DONE : parts;
}

function whyUnfinished(status: string, isStreamed: boolean): string {
  if (status !== 'starting' && status !== 'processing') return `the prediction ended: ${status}`;
  return isStreamed
    ? 'the prediction names no stream, or one at a host that is neither yours nor replicate.com'
    : `the prediction is still ${status}, and the server waits no longer`;
}

/** Some models count their tokens. */
function readMetrics(metrics: Fields, parts: StreamPart[]): void {
  const inputTokens = asCount(metrics['input_token_count']);
  const outputTokens = asCount(metrics['output_token_count']);
  if (inputTokens !== undefined || outputTokens !== undefined) {
    parts.push({ type: 'usage', usage: { ...NO_USAGE, inputTokens, outputTokens, raw: metrics as JsonValue } });
  }
  parts.push(...serverTimings({ total: metrics['predict_time'] }, MS_PER_SECOND));
}
