import { openWrappedAnswer, type Unwrapped, type WrappedOptions } from '../aws-frames.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { UNKNOWN } from '../frames.ts';
import { asObject, asText, parseObject } from '../json.ts';
import { serverTimings } from '../server-timings.ts';

/** Each event `chunk` holds one event of the vendor's stream in base64, without the framing that it has elsewhere. */
export function openInvokeAnswer(
  openInner: WrappedOptions['openInner'],
  onFrame: (frame: Frame) => void,
): AnswerReader {
  return openWrappedAnswer({ openInner, unwrap, onFrame });
}

function unwrap(name: string, payload: Uint8Array): Unwrapped | Frame {
  if (name !== 'chunk') return UNKNOWN;
  const chunk = parseObject(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
  if (typeof chunk === 'string') return [{ type: 'malformed', message: chunk }];
  const base64 = asText(chunk['bytes']);
  if (base64 === undefined) return UNKNOWN;
  const json = Buffer.from(base64, 'base64').toString('utf8');
  return {
    // Between tokens of JSON a line end is white space, but in a stream of events it would end the line.
    bytes: Buffer.from(`data: ${json.replaceAll(/[\r\n]+/g, ' ')}\n\n`),
    beside: json.includes(METRICS) ? timingsOf(json) : [],
  };
}

const METRICS = 'amazon-bedrock-invocationMetrics';

/** Bedrock's own measurement, in the vendor's last event. Its time to the first byte has in it what was waited for. */
function timingsOf(json: string): Frame {
  const event = parseObject(json);
  const metrics = typeof event === 'string' ? undefined : asObject(event[METRICS]);
  return serverTimings({ prompt: metrics?.['firstByteLatency'], total: metrics?.['invocationLatency'] }, 1);
}
