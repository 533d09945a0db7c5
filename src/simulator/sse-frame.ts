import type { AnswerEvent } from './answer-events.ts';
import type { Framing } from './options.ts';

const BYTE_ORDER_MARK = '\uFEFF';
const KEEP_ALIVE = ': keep-alive\n\n';

interface FrameStyle {
  readonly framing: readonly Framing[];
  readonly requestNumber: number;
}

/** Turns the events of one stream, in their order, into the text of server-sent events. */
export function createFrame({ framing, requestNumber }: FrameStyle): (event: AnswerEvent) => string {
  if (framing.every((name) => !FRAME_FRAMINGS.has(name))) return plainFrame;
  const has = (name: Framing): boolean => framing.includes(name);
  const colon = has('no-space') ? ':' : ': ';
  let eventNumber = 0;
  return (event) => {
    eventNumber += 1;
    let text = has('bom') && eventNumber === 1 ? BYTE_ORDER_MARK : '';
    if (has('comments') && eventNumber > 1) text += KEEP_ALIVE;
    if (has('event-names')) text += `event${colon}message\nid${colon}${requestNumber}-${eventNumber}\n`;
    const lines = has('multi-data') ? splitObject(event.data) : [event.data];
    for (const line of lines) text += `${fieldOf(event)}${colon}${line}\n`;
    return endLines(`${text}\n`, framing);
  };
}

/** The comment that goes with the headers under the framing `comments`, as servers send while a request waits. */
export function keepAliveOf(framing: readonly Framing[]): string {
  if (!framing.includes('comments')) return '';
  // A byte order mark counts only as the very first character.
  return framing.includes('bom') ? '' : endLines(KEEP_ALIVE, framing);
}

export function withoutFinalNewline(text: string): string {
  return text.replace(/[\r\n]+$/, '');
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
]);

function plainFrame(event: AnswerEvent): string {
  return `${fieldOf(event)}: ${event.data}\n\n`;
}

function fieldOf({ kind }: AnswerEvent): string {
  return kind === 'error-field' ? 'error' : 'data';
}

/** A JSON object on three lines, cut where any JSON object may be: after its first brace and before its last. */
function splitObject(json: string): readonly string[] {
  return json.startsWith('{') && json.endsWith('}') ? ['{', json.slice(1, -1), '}'] : [json];
}

function endLines(text: string, framing: readonly Framing[]): string {
  if (framing.includes('crlf')) return text.replaceAll('\n', '\r\n');
  return framing.includes('cr') ? text.replaceAll('\n', '\r') : text;
}
