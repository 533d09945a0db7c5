import { type AwsMessage, createAwsEventStreamFramer } from '../wire/aws-event-stream.ts';
import { readProviderError } from '../wire/failure.ts';
import type { AnswerReader, Frame } from './dialect.ts';
import { type FrameDecoder, isJson, openSniffedAnswer } from './frames.ts';

/** How one API family reads the events of an AWS event stream. */
export interface AwsEventDecoder extends Pick<FrameDecoder, 'body'> {
  /** One event, by its name. Never empty: `UNKNOWN` when it says nothing of interest. */
  event(name: string, payload: string): Frame;
}

/** Reads the messages of an AWS event stream; a JSON body in their place is read as one. */
export function openAwsAnswer(decoder: AwsEventDecoder, onFrame: (frame: Frame) => void): AnswerReader {
  const deliver = watchFinish(onFrame);
  const framer = createAwsEventStreamFramer((message) => {
    if (message.type === 'event') deliver.frame(decoder.event(message.name, textOf(message.payload)));
    else deliver.trouble(message);
  });
  return openSniffedAnswer({ framer, decoder, isBody: isJson, onFrame: deliver.frame });
}

/** What one event holds of the stream that is wrapped in it. */
export interface Unwrapped {
  /** The next bytes of the inner stream. */
  readonly bytes: Uint8Array;
  /** What the wrapping says beside them. */
  readonly beside: Frame;
}

export interface WrappedOptions {
  readonly openInner: (onFrame: (frame: Frame) => void) => AnswerReader;
  /** A frame when the event holds nothing of the inner stream. */
  readonly unwrap: (name: string, payload: Uint8Array) => Unwrapped | Frame;
  readonly onFrame: (frame: Frame) => void;
}

/** Reads another family's stream that comes in pieces, each the payload of an AWS event. What is not wrapped is read as it is. */
export function openWrappedAnswer(options: WrappedOptions): AnswerReader {
  return new WrappedReader(options);
}

class WrappedReader implements AnswerReader {
  readonly #inner: AnswerReader;
  readonly #framer: ReturnType<typeof createAwsEventStreamFramer>;
  readonly #unwrap: WrappedOptions['unwrap'];
  readonly #deliver: Delivery;
  #isWrapped: boolean | undefined;
  #beside: Frame = [];

  constructor({ openInner, unwrap, onFrame }: WrappedOptions) {
    this.#deliver = watchFinish(onFrame);
    this.#unwrap = unwrap;
    this.#inner = openInner((frame) => this.#onInnerFrame(frame));
    this.#framer = createAwsEventStreamFramer((message) => {
      if (message.type === 'event') this.#onEvent(message.name, message.payload);
      else this.#deliver.trouble(message);
    });
  }

  get isStreamed(): boolean {
    return this.#inner.isStreamed;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // The first byte of a length that is allowed. No text begins like that.
    this.#isWrapped ??= (bytes[0] ?? 0) <= 1;
    if (this.#isWrapped) this.#framer.push(bytes);
    else this.#inner.push(bytes);
  }

  end(isWhole: boolean): void {
    this.#framer.end();
    this.#inner.end(isWhole);
  }

  #onEvent(name: string, payload: Uint8Array): void {
    const unwrapped = this.#unwrap(name, payload);
    if (!('bytes' in unwrapped)) {
      this.#deliver.frame(unwrapped);
      return;
    }
    this.#beside = unwrapped.beside;
    this.#inner.push(unwrapped.bytes);
  }

  #onInnerFrame(frame: Frame): void {
    const beside = this.#beside;
    this.#beside = [];
    if (beside.length === 0) this.#deliver.frame(frame);
    else this.#deliver.frame([...beside, ...frame.filter(({ type }) => type !== 'unknown')]);
  }
}

interface Delivery {
  readonly frame: (frame: Frame) => void;
  /** A message that is no event. */
  readonly trouble: (message: Exclude<AwsMessage, { readonly type: 'event' }>) => void;
}

function watchFinish(onFrame: (frame: Frame) => void): Delivery {
  let isFinished = false;
  return {
    frame(frame) {
      isFinished ||= frame.some(({ type }) => type === 'finish');
      onFrame(frame);
    },
    trouble(message) {
      // Without a finish reason the answer counts as truncated, which says more.
      if (message.type === 'cut-off' && !isFinished) return;
      onFrame(toTrouble(message));
    },
  };
}

function toTrouble(message: Exclude<AwsMessage, { readonly type: 'event' }>): Frame {
  if (message.type === 'cut-off') return [{ type: 'malformed', message: 'the stream ended within a message' }];
  if (message.type === 'malformed') return [{ type: 'malformed', message: message.problem }];
  if (message.type === 'error')
    return [{ type: 'error', message: message.message ?? 'an error without a message', code: message.code }];
  const error = readProviderError(textOf(message.payload));
  return [{ type: 'error', message: error?.message ?? 'an error without a message', code: message.name }];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}
