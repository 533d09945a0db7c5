// The prepared answers in test/fixtures/streams, and how an answer is read from its bytes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dialect, Frame } from '../../src/dialects/dialect.ts';
import { EMPTY_PROFILE, type Target } from '../../src/model/target.ts';
import { awsStreamOf } from './aws-event-stream.ts';
import { deliver } from './raw-server.ts';
import { buildTarget } from './record-builder.ts';

export const STREAMS: string = join(import.meta.dirname, '../fixtures/streams');

/** One prepared answer, and what stands beside it. */
export interface PreparedAnswer {
  /** Of its file, with the ending that says how it is framed; `.body`: asked for whole. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether a stream was asked for. */
  readonly isAsked: boolean;
  /** Whether it breaks off, instead of coming to its proper end. */
  readonly isCutOff: boolean;
  /** Where it came from, for families that read by their URL or a template. */
  readonly target: Target;
  /** Whose answer it is like. */
  readonly source: string;
  readonly isStreamed: boolean;
  /** What it says; usage without its `raw` block. */
  readonly frames: readonly Frame[];
}

/** All of one family. */
export function preparedAnswers(dialect: string): readonly PreparedAnswer[] {
  const folder = join(STREAMS, dialect);
  return readdirSync(folder)
    .filter((name) => !name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name.replace(/\.\w+$/, '.json')), 'utf8'))] as const)
    .map(([name, { url, template, ...said }]) => ({
      isCutOff: false,
      ...said,
      target: buildTarget({ ...(url === undefined ? {} : { url }), profile: { ...EMPTY_PROFILE, template } }),
      name,
      bytes: bytesOf(readFileSync(join(folder, name)), name),
      isAsked: !name.endsWith('.body'),
    }));
}

/** An event stream of AWS is binary: its file says in words what it holds. */
function bytesOf(file: Buffer, name: string): Buffer {
  return name.endsWith('.eventstream') ? awsStreamOf(file.toString('utf8')) : file;
}

export interface Answer {
  readonly frames: readonly Frame[];
  readonly isStreamed: boolean;
}

export interface Delivery {
  /** Whether a stream was asked for; true if left out. */
  readonly isAsked?: boolean;
  /** Whether the body breaks off after these bytes. */
  readonly isCutOff?: boolean;
  /** Some OpenAI endpoint if left out. */
  readonly target?: Target;
  /** Where the bytes are cut. They are then only lent; without cuts they come whole and stay as they are. */
  readonly cuts?: readonly number[];
}

export function readAnswer(open: Dialect['openAnswer'], bytes: Uint8Array, delivery: Delivery = {}): Answer {
  const frames: Frame[] = [];
  const reader = open(delivery.isAsked ?? true, (frame) => frames.push(frame), delivery.target ?? buildTarget());
  if (delivery.cuts === undefined) reader.push(bytes);
  else deliver(bytes, delivery.cuts, (piece) => reader.push(piece));
  reader.end(delivery.isCutOff !== true);
  return { frames, isStreamed: reader.isStreamed };
}

/** What server-sent events with this data say: text as it is, an object as JSON. */
export function readEvents(open: Dialect['openAnswer'], ...events: readonly (object | string)[]): readonly Frame[] {
  const texts = events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event)));
  return readAnswer(open, Buffer.from(texts.map((text) => `data: ${text}\n\n`).join(''))).frames;
}

/** As JSON holds them, where what is undefined is not there, and without the raw blocks of usage. */
export function withoutRaw(frames: readonly Frame[]): readonly Frame[] {
  return JSON.parse(
    JSON.stringify(frames, (key, value: unknown) => (key === 'raw' && typeof value === 'object' ? undefined : value)),
  );
}
