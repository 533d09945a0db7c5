import { openWrappedAnswer, type Unwrapped } from '../aws-frames.ts';
import type { AnswerReader, Dialect, Frame } from '../dialect.ts';
import { UNKNOWN } from '../frames.ts';

/** Each event `PayloadPart` is a slice of what the container sent, cut wherever its buffer was full. */
export function openInvocation(inner: Dialect, isStreamed: boolean, onFrame: (frame: Frame) => void): AnswerReader {
  return openWrappedAnswer({
    openInner: (onInnerFrame) => inner.openAnswer(isStreamed, onInnerFrame),
    unwrap: (name, payload): Unwrapped | Frame => (name === 'PayloadPart' ? { bytes: payload, beside: [] } : UNKNOWN),
    onFrame,
  });
}
