import { createAwsFrame, createPayloadPartFrame } from './aws-frame.ts';
import type { FrameStyle, FrameText } from './frame-style.ts';
import { createListFrame, createNdjsonFrame } from './ndjson-frame.ts';
import type { Framing } from './options.ts';
import type { Wire } from './shapes/shape.ts';
import { createSseFrame, endLines } from './sse-frame.ts';

export interface WireStyle {
  readonly wire: Wire;
  readonly framing: readonly Framing[];
  readonly keepAlive: string;
  readonly requestNumber: number;
}

export interface WireFraming {
  readonly frame: FrameText;
  /** Sent with the headers, before anything is due. */
  readonly opening: string;
  /** Bytes are handed around as text of this encoding; `latin1` is bytes as they are. */
  readonly encoding: 'utf8' | 'latin1';
}

export const CONTENT_TYPES: Readonly<Record<Wire, string>> = {
  sse: 'text/event-stream; charset=utf-8',
  'sse-crlf': 'text/event-stream',
  ndjson: 'application/x-ndjson',
  'json-array': 'application/json; charset=UTF-8',
  'aws-event-stream': 'application/vnd.amazon.eventstream',
  'aws-payload-parts': 'application/vnd.amazon.eventstream',
};

/** How the events of one stream become bytes. */
export function createFraming({ wire, framing, keepAlive, requestNumber }: WireStyle): WireFraming {
  const style = { framing, keepAlive, requestNumber, lineEnd: lineEndOf(wire, framing) };
  const opening = openingOf(style);
  switch (wire) {
    case 'ndjson':
      return { frame: createNdjsonFrame(style), opening: '', encoding: 'utf8' };
    case 'json-array':
      return { frame: createListFrame(), opening: '', encoding: 'utf8' };
    case 'aws-event-stream':
      return { frame: createAwsFrame(), opening: '', encoding: 'latin1' };
    case 'aws-payload-parts':
      return { frame: createPayloadPartFrame(createSseFrame(style)), opening: '', encoding: 'latin1' };
    default:
      return { frame: createSseFrame(style), opening, encoding: 'utf8' };
  }
}

function lineEndOf(wire: Wire, framing: readonly Framing[]): FrameStyle['lineEnd'] {
  if (framing.includes('cr') && wire !== 'ndjson') return '\r';
  return framing.includes('crlf') || wire === 'sse-crlf' ? '\r\n' : '\n';
}

/** What servers send while a request waits. */
function openingOf({ framing, keepAlive, lineEnd }: FrameStyle): string {
  // A byte order mark counts only as the very first character.
  if (!framing.includes('comments') || framing.includes('bom')) return '';
  return endLines(keepAlive, lineEnd);
}
