import { openWrappedAnswer, type Unwrapped, type WrappedOptions } from '../aws-frames.ts';
import type { AnswerReader, Frame } from '../dialect.ts';
import { UNKNOWN } from '../frames.ts';

/** Each event `PayloadPart` is a slice of what the container sent, cut wherever its buffer was full. */
export function openInvocation(openInner: WrappedOptions['openInner'], onFrame: (frame: Frame) => void): AnswerReader {
  return openWrappedAnswer({
    openInner,
    unwrap: (name, payload): Unwrapped | Frame => (name === 'PayloadPart' ? { bytes: payload, beside: [] } : UNKNOWN),
    onFrame,
  });
}
