import type { AnswerEvent } from './answer-events.ts';
import type { FrameStyle, FrameText } from './frame-style.ts';
import type { Framing } from './options.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** Turns the events of one stream, in their order, into the text of server-sent events. */
export function createSseFrame({ framing, requestNumber, keepAlive, lineEnd }: FrameStyle): FrameText {
  if (lineEnd === '\n' && framing.every((name) => !FRAME_FRAMINGS.has(name))) return plainFrame;
  const has = (name: Framing): boolean => framing.includes(name);
  const colon = has('no-space') ? ':' : ': ';
  let eventNumber = 0;
  return (event, isEnd) => {
    eventNumber += 1;
    let text = has('bom') && eventNumber === 1 ? BYTE_ORDER_MARK : '';
    if (has('comments') && eventNumber > 1) text += keepAlive;
    const isNamed = has('event-names');
    const id = event.id ?? (isNamed ? `${requestNumber}-${eventNumber}` : undefined);
    const name = event.name ?? (isNamed ? 'message' : undefined);
    if (name !== undefined) text += `event${colon}${name}\n`;
    if (id !== undefined) text += `id${colon}${id}\n`;
    const lines = has('multi-data') ? splitObject(event.data) : event.data.split('\n');
    for (const line of lines) text += `${fieldOf(event)}${colon}${line}\n`;
    const whole = `${text}\n`;
    return endLines(isEnd && has('no-final-newline') ? whole.replace(/\n+$/, '') : whole, lineEnd);
  };
}

/** The same text with the line ends of the stream. */
export function endLines(text: string, lineEnd: string): string {
  return lineEnd === '\n' ? text : text.replaceAll('\n', lineEnd);
}

// Those that change the text of an event; the others change its writes.
const FRAME_FRAMINGS: ReadonlySet<Framing> = new Set<Framing>([
  'crlf',
  'cr',
  'comments',
  'no-space',
  'multi-data',
  'bom',
  'event-names',
  'no-final-newline',
]);

function plainFrame(event: AnswerEvent): string {
  const { name, id, data } = event;
  if (name === undefined && id === undefined) return `${fieldOf(event)}: ${data}\n\n`;
  const lead = `${name === undefined ? '' : `event: ${name}\n`}${id === undefined ? '' : `id: ${id}\n`}`;
  // Only bare text has line ends of its own; JSON escapes them.
  return `${lead}data: ${data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data}\n\n`;
}

function fieldOf({ kind }: AnswerEvent): string {
  return kind === 'error-field' ? 'error' : 'data';
}

/** A JSON object on three lines, cut where any JSON object may be: after its first brace and before its last. */
function splitObject(json: string): readonly string[] {
  return json.startsWith('{') && json.endsWith('}') ? ['{', json.slice(1, -1), '}'] : json.split('\n');
}
